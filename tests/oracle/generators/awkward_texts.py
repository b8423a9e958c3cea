"""Texts that a BERT tokenizer has trouble with: scripts, marks, controls, lengths, markup, its own special tokens.

Characters that can't be seen are written as escapes. Everything was made up for this file.
"""

import random
import unicodedata

# Each category's pieces; a text joins a few of them. Spaces separate pieces, "␠" stands for a space in one.
PIECES = {
    "accents": (
        "café naïve crème brûlée São façade ångström jalapeño smörgåsbord čeština łódź ærø þing ŵyneb ngữ điệu "
        "tiếng Việt ǖ ṩ ḁ Ǻ Œuvre ĥorloĝo žluťoučký kůň résumé Ǆ ǅ ǆ ø Ø đ Đ ħ ı ł"
    ),
    "stacked marks": (
        "e\u0301 e\u0301\u0301\u0301 a\u0323\u0302\u0306 Z\u0351\u036b\u0343\u036a\u0302\u036b o\u0338 \u0301 "
        "\u0301a x\u20dd q\u20d7 l\u0335 n\u0303\u0303 u\u0308\u0304 \u1ab0 s\u0323\u0307 s\u0307\u0323 \u1dc4i"
    ),
    "CJK": (
        "東京 天気 猫 自然言語処理 \U00020000 \U00020bb7野家 \U0002a6a5 \U0002b740 \U00030000 \u3400 \u4db5 \u9fff \ufa11 "
        "\uf900 \uf9ff \ufa0e \U0002f800 \U0002fa1d 㐀㐁 々 〇 ⺀ ⼀ ㍿ ㈱ 汉字 漢字a漢b"
    ),
    "kana": "ひらがな カタカナ ﾊﾝｶｸ ﾊﾟﾋﾟ がぎぐ か\u3099き\u3099 ハ\u309a ー ゝゞ ヽヾ ゟ ヿ ㌔ ㋐ っゃゅょ ァィゥ ヷヸ 、。「」 ・",
    "hangul": "한국어 문장 \u1112\u1161\u11ab \u1100 \u1161 \u11a8 ㄱ ㅏ ﾡ ꥠ 각 갂 힣 가나다 \u110b\u1165 \u3131\u314f 한글글자",
    "emoji": (
        "👩\u200d👩\u200d👧\u200d👦 👍🏽 👍 🇫🇷 🇫 🇫🇷🇯🇵 1\ufe0f\u20e3 #\ufe0f\u20e3 ❤ ❤\ufe0f ❤\ufe0e 🏳\ufe0f\u200d🌈 "
        "🧑🏿\u200d🚀 😀 ☺ ☺\ufe0f 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f 🫠 ⌚ ©\ufe0f ™ "
        "🐈\u200d⬛ rain☔now :-) ^_^ \ufe0f \u200d"
    ),
    "right to left": (
        "السَّلَامُ عليكم كِتَابٌ مـــد لا ﷼ ﻻ ٣٤٥ ۱۲۳ پنجره گربه اُردُو שָׁלוֹם שלום מַיִם יִדיש ײַ "
        "\u200fאב\u200e \u202babc\u202c \u202e123\u202c \u2066x\u2069 \u2067ג\u2069 ؟ ، ؛ \u061c \u0640 \u05be "
        "ܫܠܡܐ ߒߞߏ"
    ),
    "Indic and Thai": (
        "नमस्ते हिन्दी क़ क\u093c श्री ॐ ক্ষ বাংলা வணக்கம் தமிழ் తెలుగు ಕನ್ನಡ മലയാളം සිංහල สวัสดี น้ำ กำ ก\u0e33 "
        "ເຊນ མཚན မြန်မာ ខ្មែរ क\u200dष क\u200cष १२३ ๑๒๓ । ॥ \u0915\u094d"
    ),
    "Greek and Cyrillic": (
        "ΛΌΓΟΣ λόγος λόγοσ ὈΔΌΣ ὁδός ᾳ ᾼ ΐ ϐ ϑ ϒ ϕ Ω \u2126 µ μ Σ σς ς ἄ\u0345 Ёлка ёлка Й йод И\u0306 ЇЖАК їжак Ѿ ѣ Ӂ "
        "ԱՐԵՎ արև ՙ և ქართული ᲥᲐᲠᲗᲣᲚᲘ ᏣᎳᎩ ꭰ ⴰⵣⵓⵍ"
    ),
    "case": (
        "İ I ı i DİYAR diyar IĞDIR ığdır i\u0307 İstasyon STRASSE Straße STRAẞE ẞ ß Füße ŉ ǰ ﬁ ﬂ ﬀ ﬃ ﬄ ﬅ ﬆ ﬓ Ĳ ĳ "
        "\u212b \u212a ſ ſs ᵀ ᵃ Ⱥ ⱥ ꟽ 𐐀 𐐨 eﬃcient ﬂow œ Æ HELLO hElLo"
    ),
    "compatibility": (
        "ＡＢＣ １２３ ｈｅｌｌｏ ！？ （ａ） ＃＃ ［ＭＡＳＫ］ 𝐀𝑩𝓒𝔇𝔼 𝖥𝗀𝘏𝙞𝚓 𝟘𝟙𝟚 𝛀 𝞉 ℵ ℝ ℃ Ⅷ ⅻ ↀ ½ ⅓ x² H₂O ① ⓐ Ⓐ ⒈ ㎏ ㏒ № ℡ ﹢ ﹏ ︰ ¹ º ª ⁿ …"
    ),
    "private and not characters": (
        "\ue000 \uf8ff \U000f0000 \U0010fffd \ufdd0 \ufdef \ufffe \uffff \U0001fffe \U0010ffff \ufffd \ufffda "
        "\ufffc \u0378 \U000e0001 \U000e0100 a\ufffdb \ufff9x\ufffa \u0530 \u2fe0 \U0001d455 \U00016f00 \U0003ffff"
    ),
    "controls": (
        "\0 a\0b \x01 \x07 \x08 \x0b \x0c \x1b[0m \x1f \x7f \x80 \x85 \x9f \xad soft\xadhyphen \u2060 \ufeff "
        "\ufeffbom \u200b a\u200bb a\u200cb a\u200db \u180e \u2061 \u206a \u034f \u115f \u3164 \uffa0 \u061c "
        "\u070f \U0001d173 \u200e\u200f"
    ),
    "punctuation": (
        "!!! ... ?!?! -- — – ― ‘ ’ “ ” „ « » ‹ › ¿ ¡ · • ‽ ‰ § ¶ † ‡ $$$ +++ <=> ^^ `` || ~~ ~= \\ // @@ ## & * % "
        "€ £ ¥ ₿ ° ± × ÷ ¬ ¦ ¨ ¯ ´ ¸ a.b a-b a_b a'b don't it’s o'clock (x) [y] {z} 、 。 ！ ・ 〜 ❝ ⸺ ჻ ៖ ֊"
    ),
    "addresses": (
        "https://example.org/a/b?c=d&e=%20#f http://[::1]:8080/ www.example.com someone@example.com "
        "first.last+tag@mail.example ftp://files.example/x.tar.gz C:\\data\\x.txt ~/notes.md ../up 192.0.2.1 "
        "2001:db8::1 mailto:a@b.example #topic @handle example.рф urn:isbn:0 data:,x"
    ),
    "numbers": (
        "3.14159 1,000,000 1.000,5 1e-10 -0 +7 0x7F 0b101 12:30 2024-02-29 1/2 50% $9.99 €5 7 007 1st 2nd "
        "99999999999999999999 1_000 ∞ π 10\xa0000 1’000 ²³ 5×5 10°C −5 12′ 6″ 1ⁿ"
    ),
    "code": (
        "fn␠main(){} let␠x=&mut␠y; i++ a[0] x->y std::vec::Vec<u8> /*␠c␠*/ //␠c #include␠<io> \"s\\n\" "
        "{\"k\":[1,null]} $HOME `ls␠-la` a&&b||!c x:=1 lambda␠x:x*2 SELECT␠*␠FROM␠t; ==␠!=␠=== %d\\t {{x}} ${y} "
        "\\u00e9 0..=9 @property __init__ snake_case camelCase"
    ),
    "markup": (
        "<b>bold</b> <script>alert(\"x\")</script> <img␠src=x␠onerror=1> &nbsp; &lt;p&gt; &#x27; <!--␠c␠--> <br/> "
        "</div> <a␠href='#'> **bold** _it_ [a](b) ![i](j) |a|b| <?xml?> ]]> \\textbf{x} $x^2$ <|end|> <s> </s> "
        "<pad>"
    ),
    "quotes": (
        "\"quoted\" 'quoted' “quoted” ‘quoted’ „quoted“ «quoted» ‹q› 「引用」 『引』 ``q'' \"\" '' \"'\" \\\" "
        "she␠said␠\"yes\" 'tis rock␠'n'␠roll 5'␠10\""
    ),
    "special tokens": (
        "[MASK] [CLS] [SEP] [PAD] [UNK] [mask] [cls] [Sep] [pad] [unk] x[SEP]y [SEP][SEP] [[CLS]] [␠MASK␠] [MASK "
        "[MASK]. ([UNK]) MASK] é[MASK]é [MA\0SK] [MASK\u0301] [M\xadASK] \"[PAD]\" [unused1] [UNUSED2] [MASK]s "
        "##[SEP] [SEP]## ［SEP］ <mask> 猫[CLS]猫"
    ),
    "word pieces": (
        "##ing play␠##ing ##s # ## ### ####a a## a##b #1 ##1 ##é ##猫 ##[MASK] unaffable embeddings tokenization "
        "antidisestablishment pneumonoultramicroscopic xqzvkj zzzzzz aaaaaaaaaaaa uninterestingly qwertyuiop"
    ),
    "mixed scripts": (
        "mоdel раge Αlpha wоrd東京 abc한국 ﬁve五 testтест नcafé x\u0301י naïve猫ß עabcع aéя漢ñ カnaか Aа\u0410Α ελlο тhе "
        "o0О०٠ ｈello ｈé1l 1a一"
    ),
}
N_LONG = 30
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\v", "\f", "\x85", "\xa0", "\u1680", *map(chr, range(0x2000, 0x200B))]
SPACES += ["\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u200b", "\ufeff", "\x1c", "\x1f", " \u0301", "\u2800"]
WORDS = "the river was quiet after rain and a small boat waited near old stone steps while two gulls slept".split()
# First and last code point of blocks, and of stretches around borders that tokenizers draw.
BLOCKS = [(0x00, 0x7F), (0x80, 0x24F), (0x250, 0x36F), (0x370, 0x52F), (0x530, 0x6FF), (0x700, 0x8FF), (0x900, 0xDFF)]
BLOCKS += [(0xE00, 0x10FF), (0x1100, 0x139F), (0x13A0, 0x17FF), (0x1800, 0x1CFF), (0x1D00, 0x1FFF), (0x2000, 0x206F)]
BLOCKS += [(0x2070, 0x2BFF), (0x2C00, 0x2E7F), (0x2E80, 0x33FF), (0x33F0, 0x3410), (0x4DB0, 0x4E10), (0x9FF0, 0xA4CF)]
BLOCKS += [(0xA4D0, 0xABFF), (0xAC00, 0xD7FF), (0xE000, 0xF8FF), (0xF8F0, 0xFB1F), (0xFB20, 0xFEFF), (0xFF00, 0xFFFF)]
BLOCKS += [(0x10000, 0x10FFF), (0x11000, 0x12FFF), (0x13000, 0x1BFFF), (0x1D000, 0x1D7FF), (0x1E000, 0x1FAFF)]
BLOCKS += [(0x1FFF0, 0x20010), (0x2A6D0, 0x2A710), (0x2B730, 0x2B830), (0x2F7F0, 0x2FA30), (0xE0000, 0xE01EF)]
BLOCKS += [(0xF0000, 0xF00FF), (0x10FF00, 0x10FFFF)]


def fixed() -> list[str]:
    """Empty and blank texts, and lengths around the limits of 100 characters a word and 126 words a sentence."""
    texts = ["", *SPACES, *(space * 3 for space in SPACES), " a ", "\0", "\0\0 \0", "a" + "\u0301" * 130]
    for length in (98, 99, 100, 101, 102, 150, 300):
        texts += [letter * length for letter in "aé\u0439"]
        texts += ["x " + "ab" * (length // 2) + "c" * (length % 2) + " y", "q" * length + ".", "1" * length]
    for length in (99, 100, 101):
        # Counted after the accents are stripped and the ideograph is set apart.
        texts += ["e\u0301" * length, "a" * length + "猫", "b" * (length - 1) + "\xad" + "b", "ß" * length, "İ" * length]
        texts += ["👍" * length, "क" * length, "c" * length + " " + "d" * (length - 1), "-".join(["w" * length] * 2)]
    for n_words in (125, 126, 127, 128, 200):
        texts += ["word " * n_words, "!" * n_words, " ".join((WORDS * 12)[:n_words]), "猫" * n_words]
    # The limit falls into a word of several pieces.
    texts += ["a " * n_words + "tokenization embeddings" for n_words in (123, 124, 125, 126)]
    texts += ["a " * 126 + "[SEP]", "a " * 125 + "[SEP] b", "[MASK]" * 130, "[CLS]" * 126, "##" * 64, " " * 500 + "end"]
    return texts


def joined(pieces: list[str], rng: random.Random) -> str:
    """A few pieces among plain words, with any separators, in any case and normal form."""
    chosen = rng.choices(pieces, k=rng.randint(1, 6)) + rng.choices(WORDS, k=rng.randint(0, 3))
    rng.shuffle(chosen)
    text = chosen[0]
    for piece in chosen[1:]:
        text += rng.choice([" ", " ", " ", "", "-", rng.choice(SPACES)]) + piece
    text = rng.choice([str, str, str, str.upper, str.lower, str.title])(text)
    form = rng.choice([None, None, "NFC", "NFD", "NFKC", "NFKD"])
    return unicodedata.normalize(form, text) if form else text


def random_code_points(rng: random.Random) -> str:
    """Code points of one to three blocks, assigned or not, never surrogates."""
    blocks = rng.choices(BLOCKS, k=rng.randint(1, 3))
    code_points = [chr(rng.randint(*rng.choice(blocks))) for _ in range(rng.randint(1, 12))]
    if rng.random() < 0.3:
        return "".join(code_points)
    # Between letters, so that it shows whether one is dropped, splits the word, or makes it unknown.
    return " ".join(rng.choice("abc") + code_point + rng.choice("xyz") for code_point in code_points)


def awkward_texts(n_texts: int) -> list[str]:
    """Different texts, the same ones every time."""
    rng = random.Random(3)
    categories = [[piece.replace("␠", " ") for piece in pieces.split(" ")] for pieces in PIECES.values()]
    texts = dict.fromkeys(fixed())
    every_piece = [piece for pieces in categories for piece in pieces]
    texts |= dict.fromkeys(every_piece)
    texts |= dict.fromkeys(" ".join(rng.choices(every_piece, k=rng.randint(30, 120))) for _ in range(N_LONG))
    n_random = (n_texts - len(texts)) // 4
    while len(texts) < n_texts - n_random:
        pieces = rng.choice(categories)
        if rng.random() < 0.2:
            pieces = pieces + rng.choice(categories)
        texts[joined(pieces, rng)] = None
    while len(texts) < n_texts:
        texts[random_code_points(rng)] = None
    return list(texts)
