package org.weir.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a config says of the result's vocabulary.
 *
 * @param line where, from 1
 * @param source {@link #UNION}, {@link #BASE} or a model
 * @param tokens what is said of single tokens
 * @param padTo what the number of rows is to be a multiple of
 */
public record TokenizerEntry(int line, String source, Map<String, Token> tokens, OptionalInt padTo) {
    static final String UNION = "union";
    static final String BASE = "base";

    /** Where the row of a token comes from. */
    public enum Source {
        /** As for all others. */
        AUTOMATIC,
        ZERO,
        /** The row that a model has for it. */
        MODEL,
        /** The row that a model has for another token. */
        MODEL_TOKEN
    }

    /**
     * One token.
     *
     * @param model for the sources that are one
     * @param token of the model; else its number
     * @param force whether the source counts for models that have the token too
     */
    public record Token(int line, Source source, String model, Optional<String> token, OptionalInt id, boolean force) {}

    public TokenizerEntry {
        tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
    }
}
