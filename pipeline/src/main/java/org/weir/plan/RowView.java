package org.weir.plan;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.MappedTensor;

/**
 * One model's embedding or head for the vocabulary of the result: a row per token, each from some matrix in a file, so that
 * none is ever copied as a whole.
 */
public final class RowView {
    private final TokenRows tokens;
    private final int model;
    private final List<MappedTensor> matrices;
    private final long columns;
    private float @Nullable [] padding;

    /** A row in a file. */
    public record Row(MappedTensor matrix, int row) {}

    /** Computes a row of padding from the others. */
    public interface Padding {
        float[] compute() throws IOException;
    }

    /** @param matrices of all models, by their number in {@code tokens} */
    RowView(TokenRows tokens, int model, List<MappedTensor> matrices) {
        this.tokens = tokens;
        this.model = model;
        this.matrices = List.copyOf(matrices);
        List<Long> dims = matrices.get(model).info().shape().dims();
        this.columns = dims.stream().skip(1).reduce(1L, Math::multiplyExact);
    }

    /** Elements of a row. */
    public long columns() {
        return columns;
    }

    /** Rows before those of padding. */
    public int tokens() {
        return tokens.tokens();
    }

    /** What the rows are read as: the model's own type. */
    public DType dtype() {
        return matrices.get(model).info().dtype();
    }

    /** Where the row of a token is read; more than one row are averaged, none is zeros. */
    public List<Row> rows(int token) {
        int source = tokens.source(model, token);
        return switch (source) {
            case TokenRows.ZERO -> List.of();
            case TokenRows.MEAN ->
                IntStream.of(tokens.having(token))
                        .mapToObj(other -> new Row(matrices.get(other), tokens.ownRow(other, token)))
                        .toList();
            default -> List.of(new Row(matrices.get(source), tokens.row(model, token)));
        };
    }

    /** How many tokens from this one on, at most {@code most}, have rows that follow one another in one file. */
    public int run(int token, int most) {
        int source = tokens.source(model, token);
        int length = 1;
        while (source >= 0
                && length < most
                && tokens.source(model, token + length) == source
                && tokens.row(model, token + length) == tokens.row(model, token) + length) {
            length++;
        }
        return length;
    }

    /** The row of what is no token, computed when it is asked for first. */
    public synchronized float[] padding(Padding first) throws IOException {
        float[] row = padding;
        if (row == null) {
            row = first.compute();
            padding = row;
        }
        return row;
    }

    /** All that its rows may lie in. */
    List<MappedTensor> matrices() {
        return matrices;
    }

    TokenRows tokenRows() {
        return tokens;
    }
}
