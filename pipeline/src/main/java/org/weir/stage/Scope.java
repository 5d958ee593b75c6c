package org.weir.stage;

/** How far a survey looks before an operation may run. */
public enum Scope {
    /** One tensor, as mergekit does. */
    TENSOR,
    /** Whole rows of a tensor, just before they are merged. */
    ROW,
    /** All merged tensors of the model, as the authors of TIES do. */
    MODEL
}
