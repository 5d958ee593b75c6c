package org.weir.plan;

import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which row of which model's matrix is the row of each token of the result. A model that has the token gives its own row;
 * what it lacks comes from the token's donor, which is the same for all models.
 *
 * <pre>
 *   token   | &lt;s&gt; | the | cat | &lt;new&gt; | padding ...
 *   own     |  1  |  7  |  5  |   -   |                rows of one model, one list per model
 *   donor   |     |     |     |   2   | mean           model 2 gives the row that model 1 lacks
 * </pre>
 */
final class TokenRows {
    /** Sources that are no model: zeros, the mean of all models that have the token, the mean of all rows. */
    static final int ZERO = -1;

    static final int MEAN = -2;
    static final int PADDING = -3;

    private final List<int[]> own;
    private final int[] donor;
    private final int[] donorRow;
    private final BitSet forced;

    /**
     * @param own for each model the row of each token, -1 where it has none
     * @param donor for each token the model, or another source, of the row that a model lacks
     * @param donorRow its row there
     * @param forced the tokens whose donor counts for the models that have them too
     */
    TokenRows(List<int[]> own, int[] donor, int[] donorRow, BitSet forced) {
        this.own = List.copyOf(own);
        this.donor = donor;
        this.donorRow = donorRow;
        this.forced = forced;
    }

    int tokens() {
        return donor.length;
    }

    /** The model whose row it is, or one of the other sources. */
    int source(int model, int token) {
        if (token >= donor.length) {
            return PADDING;
        }
        return has(model, token) && !forced.get(token) ? model : donor[token];
    }

    int row(int model, int token) {
        return has(model, token) && !forced.get(token) ? own.get(model)[token] : donorRow[token];
    }

    /** The models that have the token. */
    int[] having(int token) {
        return IntStream.range(0, own.size()).filter(model -> has(model, token)).toArray();
    }

    int ownRow(int model, int token) {
        return own.get(model)[token];
    }

    /** Memory of all of it. */
    long bytes() {
        long lists = own.stream().distinct().count();
        return (lists + 2) * donor.length * Integer.BYTES;
    }

    private boolean has(int model, int token) {
        return own.get(model)[token] >= 0;
    }
}
