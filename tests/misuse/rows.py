"""The whole table: the rows of all modules."""

import rows_classification
import rows_distances
import rows_divergences
import rows_embeddings
import rows_images
import rows_objectives
import rows_optimizers
import rows_pairwise
import rows_probability
import rows_regression

ROWS = [
    row
    for rows in (
        rows_probability,
        rows_divergences,
        rows_classification,
        rows_regression,
        rows_distances,
        rows_pairwise,
        rows_embeddings,
        rows_images,
        rows_objectives,
        rows_optimizers,
    )
    for row in rows.ROWS
]
