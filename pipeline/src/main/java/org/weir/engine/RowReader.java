package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorReader;
import org.weir.checkpoint.TensorReader.Way;
import org.weir.plan.Codecs;
import org.weir.plan.RowView;
import org.weir.plan.Windows;
import org.weir.simd.Codec;
import org.weir.simd.Kernels;
import org.weir.stage.Strip;

/** Puts ranges of matrices together from rows that lie anywhere, in private memory; for one thread. */
final class RowReader {
    private final List<MemorySegment> places = new ArrayList<>();
    private final TensorReader reader;
    private final Kernels kernels = Kernels.best();
    private final float[] row = new float[Strip.ARRAY_ELEMENTS];
    private final float[] sum = new float[Strip.ARRAY_ELEMENTS];

    /** @param views how many ranges it holds at a time */
    RowReader(int views, Windows windows, Arena arena) {
        for (int i = 0; i < views; i++) {
            places.add(arena.allocate(windows.bytes(), 64));
        }
        Way way = windows.way() == Way.DIRECT ? Way.DIRECT : Way.COPIED;
        reader = TensorReader.of(way, Math.min(1, views), windows.bytes(), arena);
    }

    /** Elements of a view, from one to before another, where they stay until the next are read into that place. */
    MemorySegment read(int place, RowView view, long first, long end) throws IOException {
        MemorySegment to = places.get(place);
        if (end > view.tokens() * view.columns()) {
            view.padding(() -> mean(view, to));
        }
        fill(view, first, end, to);
        return to.asSlice(0, (end - first) * codec(view.dtype()).bytesPerElement());
    }

    private void fill(RowView view, long first, long end, MemorySegment to) throws IOException {
        long columns = view.columns();
        int width = codec(view.dtype()).bytesPerElement();
        for (long at = first; at < end; ) {
            int token = Math.toIntExact(at / columns);
            long column = at % columns;
            long offset = (at - first) * width;
            long left = end - at;
            long length;
            if (token >= view.tokens()) {
                length = Math.min(left, columns - column);
                pad(view, (int) column, (int) length, to, offset);
            } else {
                int rows = view.run(token, Math.toIntExact(Math.ceilDiv(column + left, columns)));
                length = Math.min(left, rows * columns - column);
                fill(view, view.rows(token), column, length, to, offset);
            }
            at += length;
        }
    }

    private void fill(RowView view, List<RowView.Row> rows, long column, long length, MemorySegment to, long offset)
            throws IOException {
        Codec own = codec(view.dtype());
        if (rows.isEmpty()) {
            to.asSlice(offset, length * own.bytesPerElement()).fill((byte) 0);
        } else if (rows.size() == 1 && rows.getFirst().matrix().info().dtype() == view.dtype()) {
            MemorySegment from = bytes(rows.getFirst(), view.columns(), column, length);
            MemorySegment.copy(from, 0, to, offset, from.byteSize());
        } else {
            for (long at = 0; at < length; at += Strip.ELEMENTS) {
                int n = (int) Math.min(Strip.ELEMENTS, length - at);
                average(rows, view.columns(), column + at, n);
                own.narrow(sum, n, to, offset + at * own.bytesPerElement());
            }
        }
    }

    /** In the order of the models; −0 is what changes nothing when added. */
    private void average(List<RowView.Row> rows, long columns, long column, int n) throws IOException {
        Arrays.fill(sum, 0, n, -0.0f);
        for (RowView.Row each : rows) {
            Codec codec = codec(each.matrix().info().dtype());
            codec.widen(bytes(each, columns, column, n), 0, row, n);
            kernels.addWeighted(sum, row, 1, n);
        }
        if (rows.size() > 1) {
            kernels.divide(sum, rows.size(), n);
        }
    }

    private void pad(RowView view, int column, int length, MemorySegment to, long offset) throws IOException {
        float[] padding = view.padding(() -> {
            throw new IllegalStateException("padding is computed before it is needed");
        });
        Codec codec = codec(view.dtype());
        for (int at = 0; at < length; at += Strip.ELEMENTS) {
            int n = Math.min(Strip.ELEMENTS, length - at);
            System.arraycopy(padding, column + at, sum, 0, n);
            codec.narrow(sum, n, to, offset + (long) at * codec.bytesPerElement());
        }
    }

    /** The mean of the rows of all tokens, added up one after the other in f64. */
    private float[] mean(RowView view, MemorySegment scrap) throws IOException {
        Codec codec = codec(view.dtype());
        double[] sums = new double[Math.toIntExact(view.columns())];
        long elements = view.tokens() * view.columns();
        for (long at = 0; at < elements; at += Strip.ELEMENTS) {
            int n = (int) Math.min(Strip.ELEMENTS, elements - at);
            fill(view, at, at + n, scrap);
            codec.widen(scrap, 0, row, n);
            for (int i = 0; i < n; i++) {
                sums[(int) ((at + i) % sums.length)] += row[i];
            }
        }
        float[] mean = new float[sums.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sums[i] / view.tokens());
        }
        return mean;
    }

    private MemorySegment bytes(RowView.Row row, long columns, long column, long length) throws IOException {
        MappedTensor matrix = row.matrix();
        int width = codec(matrix.info().dtype()).bytesPerElement();
        return reader.read(0, matrix, (row.row() * columns + column) * width, length * width);
    }

    private Codec codec(DType dtype) {
        return Codecs.of(dtype, kernels).orElseThrow();
    }
}
