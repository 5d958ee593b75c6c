package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.I2L;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.weir.simd.CounterRandom.MULTIPLY_1;
import static org.weir.simd.CounterRandom.MULTIPLY_2;
import static org.weir.simd.CounterRandom.MULTIPLY_3;
import static org.weir.simd.Species.FLOATS;
import static org.weir.simd.Species.INTS;
import static org.weir.simd.Species.LONGS;
import static org.weir.simd.VectorDropout.HALF_SHIFTS;
import static org.weir.simd.VectorDropout.IOTA;
import static org.weir.simd.VectorDropout.LOWER_PAIRS;
import static org.weir.simd.VectorDropout.UPPER_PAIRS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;

/**
 * Dropout with a probability for each element, in vectors; {@link VectorDropout} draws how random bits come to elements.
 *
 * <p>A number of 48 bits becomes a double, and a whole double a number, by way of 2^52, whose last digit counts ones:
 *
 * <pre>
 *   0x433 | 0000 | 48 bits   =   2^52 + number
 * </pre>
 */
final class VectorRankDropout {

    private static final int LANES = INTS.length();
    private static final int HALF = LONGS.length();

    private static final LongVector PLACES = LongVector.zero(LONGS).addIndex(1);

    private static final double WHOLE = 0x1p52;
    private static final long WHOLE_BITS = 0x4330000000000000L;

    private VectorRankDropout() {}

    /** Cuts the strip where the key of the hash changes, so that the loop below has one key. */
    static void dropoutEach(
            float[] x, int n, CounterRandom stream, long firstElement, long[] keep48, int first, boolean rescale) {
        int from = 0;
        while (from < n) {
            int to = (int) Math.min(n, from + CounterRandom.elementsToNextKey(firstElement + from));
            underOneKey(x, from, to, stream, firstElement, keep48, first, rescale);
            from = to;
        }
    }

    /**
     * Random bits are compared with the probability as it is rounded to f32, as far as that decides: 16 bits below are one
     * of 2^16 steps, and rounding moves nothing across a step, only onto one.
     */
    private static void underOneKey(
            float[] x,
            int from,
            int to,
            CounterRandom stream,
            long firstElement,
            long[] keep48,
            int first,
            boolean rescale) {
        int i = Math.min(to, from + (int) ((firstElement + from) & 1)); // vectors begin with the even element of a pair
        ScalarKernels.dropoutEach(x, from, i, stream, firstElement, keep48, first, rescale);
        long key = stream.pairKeyAt(firstElement + from);
        int xored = (int) key;
        int added = (int) (key >>> 32);
        float divided = rescale ? 0x1p-16f : Float.POSITIVE_INFINITY;
        for (; i <= to - 2 * LANES; i += 2 * LANES) {
            IntVector h = IOTA.add((int) ((firstElement + i) >>> 1)).lanewise(XOR, xored);
            h = h.lanewise(XOR, h.lanewise(LSHR, 17)).mul(MULTIPLY_1).add(added);
            h = h.lanewise(XOR, h.lanewise(LSHR, 11)).mul(MULTIPLY_2);
            h = h.lanewise(XOR, h.lanewise(LSHR, 15)).mul(MULTIPLY_3);
            h = h.lanewise(XOR, h.lanewise(LSHR, 14));
            IntVector lower =
                    h.rearrange(LOWER_PAIRS).lanewise(LSHR, HALF_SHIFTS).and(0xffff);
            IntVector upper =
                    h.rearrange(UPPER_PAIRS).lanewise(LSHR, HALF_SHIFTS).and(0xffff);
            FloatVector a = ((FloatVector) lower.convert(I2F, 0)).mul(0x1p-16f);
            FloatVector b = ((FloatVector) upper.convert(I2F, 0)).mul(0x1p-16f);
            int k = first + i;
            FloatVector p = (FloatVector) LongVector.fromArray(LONGS, keep48, k)
                    .or(WHOLE_BITS)
                    .reinterpretAsDoubles()
                    .sub(WHOLE)
                    .mul(0x1p-48)
                    .convert(D2F, 0);
            p = p.add(LongVector.fromArray(LONGS, keep48, k + HALF)
                    .or(WHOLE_BITS)
                    .reinterpretAsDoubles()
                    .sub(WHOLE)
                    .mul(0x1p-48)
                    .convert(D2F, -1));
            FloatVector q = (FloatVector) LongVector.fromArray(LONGS, keep48, k + LANES)
                    .or(WHOLE_BITS)
                    .reinterpretAsDoubles()
                    .sub(WHOLE)
                    .mul(0x1p-48)
                    .convert(D2F, 0);
            q = q.add(LongVector.fromArray(LONGS, keep48, k + LANES + HALF)
                    .or(WHOLE_BITS)
                    .reinterpretAsDoubles()
                    .sub(WHOLE)
                    .mul(0x1p-48)
                    .convert(D2F, -1));
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            FloatVector w = FloatVector.fromArray(FLOATS, x, i + LANES);
            VectorMask<Float> dropped = a.compare(GT, p);
            VectorMask<Float> droppedToo = b.compare(GT, q);
            v.blend(v.div(p), a.add(divided).compare(LT, p)).blend(0, dropped).intoArray(x, i);
            w.blend(w.div(q), b.add(divided).compare(LT, q))
                    .blend(0, droppedToo)
                    .intoArray(x, i + LANES);
            long open = a.add(0x1p-16f).compare(GE, p).andNot(dropped).toLong()
                    | b.add(0x1p-16f).compare(GE, q).andNot(droppedToo).toLong() << LANES;
            for (; open != 0; open &= open - 1) { // one element in some 60,000
                int at = i + Long.numberOfTrailingZeros(open);
                ScalarKernels.dropoutEach(x, at, at + 1, stream, firstElement, keep48, first, rescale);
            }
        }
        ScalarKernels.dropoutEach(x, i, to, stream, firstElement, keep48, first, rescale);
    }

    static void rankEntries(float[] x, int from, int to, long[] entries, int at, int place) {
        int i = from;
        int entry = at;
        for (; i <= to - LANES; i += LANES, entry += LANES) {
            IntVector magnitude =
                    FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts().and(Integer.MAX_VALUE);
            LongVector places = PLACES.add(place + entry - at);
            ((LongVector) magnitude.convert(I2L, 0))
                    .lanewise(LSHL, Integer.SIZE)
                    .or(places)
                    .intoArray(entries, entry);
            ((LongVector) magnitude.convert(I2L, 1))
                    .lanewise(LSHL, Integer.SIZE)
                    .or(places.add(HALF))
                    .intoArray(entries, entry + HALF);
        }
        ScalarKernels.rankEntriesRange(x, i, to, entries, entry, place + entry - at);
    }

    static void keepByRank(long[] ranks, int from, int to, double least, double span, double last) {
        int i = from;
        int end = HALF > 2 ? to : from; // a mask of two lanes would be an object
        for (; i <= end - HALF; i += HALF) {
            DoubleVector keep = LongVector.fromArray(LONGS, ranks, i)
                    .or(WHOLE_BITS)
                    .reinterpretAsDoubles()
                    .sub(WHOLE)
                    .div(last)
                    .mul(span)
                    .add(least)
                    .mul(0x1p48);
            DoubleVector even = keep.add(WHOLE).sub(WHOLE); // halves go to the even neighbour, and have to go up
            DoubleVector rounded = even.add(1, keep.sub(even).compare(EQ, 0.5));
            rounded.add(WHOLE).reinterpretAsLongs().and(~WHOLE_BITS).intoArray(ranks, i);
        }
        ScalarKernels.keepByRankRange(ranks, i, to, least, span, last);
    }
}
