/** Entry point: puts the page into its element. */

// Before all that reads the language.
import "./language";
import { render } from "preact";
import { App } from "./app/app";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
