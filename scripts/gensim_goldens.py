"""Writes test/goldens/word2vec.json: a model of gensim's in both of its formats, and what gensim says of it.

Run with gensim 4.2 (Debian: python3-gensim): python3 scripts/gensim_goldens.py
"""
import base64
import json
import os
import tempfile

import gensim
from gensim.models import Word2Vec

WORDS = ["sun", "sea", "sand", "wave", "naïve", "snow", "ice", "frost", "日本", "scarf"]
SENTENCES = [[WORDS[5 * (i % 2) + (i * j + j * j + i) % 5] for j in range(9)] for i in range(400)]

model = Word2Vec(SENTENCES, vector_size=6, min_count=1, seed=1, workers=1, epochs=5).wv


def saved(binary):
    path = os.path.join(tempfile.mkdtemp(), "vectors")
    model.save_word2vec_format(path, binary=binary)
    with open(path, "rb") as file:
        return file.read()


def pairs(found):
    return [[word, float(similarity)] for word, similarity in found]


golden = {
    "gensim": gensim.__version__,
    "text": saved(False).decode(),
    "binary": base64.b64encode(saved(True)).decode(),
    "similarity": float(model.similarity("sun", "snow")),
    "mostSimilar": pairs(model.most_similar("ice", topn=9)),
    "analogy": pairs(model.most_similar(positive=["sun", "ice"], negative=["naïve"], topn=4)),
}
path = os.path.join(os.path.dirname(__file__), "../test/goldens/word2vec.json")
with open(path, "w") as file:
    json.dump(golden, file, indent=1, ensure_ascii=False)
    file.write("\n")
