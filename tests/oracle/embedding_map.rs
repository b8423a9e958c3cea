//! Principal axes and neighbours against scikit-learn's.

use sbert::infer::{NeighbourChanges, PrincipalAxes, UnitEmbeddings};
use serde::Deserialize;

use crate::compare::Comparison;

/// Of the norm of all places: products of float32 and as many iterations as they can use.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Oracle {
    cases: Vec<Case>,
}

/// Embeddings of the same sentences by two models.
#[derive(Deserialize)]
struct Case {
    name: String,
    d_model: usize,
    embeddings: [Vec<f32>; 2],
    /// Of the first model.
    explained_variance: [f32; 2],
    /// Both models on the axes of the first: two values a sentence.
    maps: [Vec<f32>; 2],
    neighbour_changes: Vec<f32>,
}

pub fn maps_and_neighbours() -> Comparison {
    let oracle: Oracle = serde_json::from_slice(include_bytes!("embedding_map.json")).unwrap();
    let mut comparison = Comparison::new("maps of embeddings", TOLERANCE);
    for Case { name, d_model, embeddings, explained_variance, maps, neighbour_changes } in oracle.cases {
        let [before, after] = embeddings.map(|values| UnitEmbeddings::new(values, d_model));
        let axes = PrincipalAxes::of(&before);
        comparison.tensor(format!("variance, {name}"), &axes.explained_variance(), &explained_variance);
        for (moment, model, map) in [("before", &before, &maps[0]), ("after", &after, &maps[1])] {
            comparison.tensor(format!("{moment}, {name}"), axes.project(model).as_flattened(), map);
        }
        let mut changes = NeighbourChanges::new(before, after);
        while changes.advance() {}
        assert_eq!(changes.finish(), neighbour_changes, "{name}");
    }
    comparison
}
