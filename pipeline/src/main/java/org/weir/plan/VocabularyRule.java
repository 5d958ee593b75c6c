package org.weir.plan;

import java.util.Set;

/**
 * What becomes of embeddings and heads of models with different numbers of tokens where the config has no tokenizer, as in
 * mergekit: the first rows are taken for the same tokens, and the others left out.
 */
enum VocabularyRule {
    /** As many as the smallest model has. */
    SMALLEST,
    /** As many as the base has; who has fewer does not fit. */
    BASE,
    /** All have to be equal. */
    EQUAL;

    private static final Set<String> TO_SMALLEST = Set.of("linear", "slerp", "nuslerp", "model_stock", "arcee_fusion");
    private static final Set<String> TO_BASE = Set.of(
            "task_arithmetic",
            "ties",
            "dare_linear",
            "dare_ties",
            "breadcrumbs",
            "breadcrumbs_ties",
            "della",
            "della_linear");

    static VocabularyRule of(String method) {
        return TO_SMALLEST.contains(method) ? SMALLEST : TO_BASE.contains(method) ? BASE : EQUAL;
    }

    /** Whether a model with so many tokens can be merged to one with that many. */
    boolean fits(long tokens, long wanted) {
        return switch (this) {
            case SMALLEST -> true;
            case BASE -> tokens >= wanted;
            case EQUAL -> tokens == wanted;
        };
    }
}
