package org.weir.simd;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.weir.simd.AllMemory.MEMORY;
import static org.weir.simd.Species.INTS;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * The counts of {@link Bf16Fusion}: surveys of bf16 differences, pair by pair as {@link VectorFusion} has them. Both loops make
 * the differences themselves: a vector that leaves a method can become an object.
 */
final class VectorDeltaCounts {

    private static final int LANES = INTS.length();
    private static final int STEP = 2 * LANES;
    private static final int ODD = 0xffff0000;
    private static final int MAGNITUDE = 0x7fffffff;
    private static final IntVector ONE = IntVector.broadcast(INTS, 1);
    private static final ValueLayout.OfShort BF16 = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private VectorDeltaCounts() {}

    /** {@link Kernels#countMagnitudes} of the differences of two tensors. Returns how many elements it counted. */
    static int countDeltas(
            long baseAddress,
            long expertAddress,
            int n,
            int loBits,
            int hiBits,
            int shift,
            int guessBits,
            long[] counts,
            int from) {
        IntVector above = IntVector.zero(INTS);
        IntVector equal = IntVector.zero(INTS);
        int i = 0;
        for (; i <= n - STEP; i += STEP) {
            IntVector baseWord = IntVector.fromMemorySegment(INTS, MEMORY, baseAddress + 2L * i, LITTLE_ENDIAN);
            IntVector word = IntVector.fromMemorySegment(INTS, MEMORY, expertAddress + 2L * i, LITTLE_ENDIAN);
            IntVector even = word.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .sub(baseWord.lanewise(LSHL, 16).reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(MAGNITUDE);
            IntVector odd = word.and(ODD)
                    .reinterpretAsFloats()
                    .sub(baseWord.and(ODD).reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(MAGNITUDE);
            VectorMask<Integer> evenOver = even.compare(GT, hiBits);
            VectorMask<Integer> oddOver = odd.compare(GT, hiBits);
            VectorMask<Integer> evenGuessed = even.compare(EQ, guessBits);
            VectorMask<Integer> oddGuessed = odd.compare(EQ, guessBits);
            above = above.lanewise(ADD, ONE, evenOver).lanewise(ADD, ONE, oddOver);
            equal = equal.lanewise(ADD, ONE, evenGuessed).lanewise(ADD, ONE, oddGuessed);
            VectorMask<Integer> evenInside = even.compare(GE, loBits).andNot(evenOver.or(evenGuessed));
            VectorMask<Integer> oddInside = odd.compare(GE, loBits).andNot(oddOver.or(oddGuessed));
            if (evenInside.or(oddInside).anyTrue()) {
                long lanes = evenInside.toLong() | oddInside.toLong() << LANES;
                for (; lanes != 0; lanes &= lanes - 1) {
                    int lane = Long.numberOfTrailingZeros(lanes);
                    long at = 2L * i + 4L * (lane % LANES) + (lane < LANES ? 0 : 2);
                    int magnitude = ScalarMagnitudes.magnitudeBits(
                            Float.intBitsToFloat(MEMORY.get(BF16, expertAddress + at) << 16)
                                    - Float.intBitsToFloat(MEMORY.get(BF16, baseAddress + at) << 16));
                    counts[from + 2 + ((magnitude - loBits) >>> shift)]++;
                }
            }
        }
        counts[from] += above.reduceLanes(ADD);
        ScalarMagnitudes.addGuesses(equal.reduceLanes(ADD), loBits, shift, guessBits, counts, from);
        return i;
    }

    /** {@link #countDeltas} where the bracket is the guess alone, as it mostly is in 16-bit checkpoints. */
    static int countGuesses(long baseAddress, long expertAddress, int n, int guessBits, long[] counts, int from) {
        IntVector above = IntVector.zero(INTS);
        IntVector equal = IntVector.zero(INTS);
        int i = 0;
        for (; i <= n - STEP; i += STEP) {
            IntVector baseWord = IntVector.fromMemorySegment(INTS, MEMORY, baseAddress + 2L * i, LITTLE_ENDIAN);
            IntVector word = IntVector.fromMemorySegment(INTS, MEMORY, expertAddress + 2L * i, LITTLE_ENDIAN);
            IntVector even = word.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .sub(baseWord.lanewise(LSHL, 16).reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(MAGNITUDE);
            IntVector odd = word.and(ODD)
                    .reinterpretAsFloats()
                    .sub(baseWord.and(ODD).reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(MAGNITUDE);
            above = above.lanewise(ADD, ONE, even.compare(GT, guessBits))
                    .lanewise(ADD, ONE, odd.compare(GT, guessBits));
            equal = equal.lanewise(ADD, ONE, even.compare(EQ, guessBits))
                    .lanewise(ADD, ONE, odd.compare(EQ, guessBits));
        }
        counts[from] += above.reduceLanes(ADD);
        ScalarMagnitudes.addGuesses(equal.reduceLanes(ADD), guessBits, 0, guessBits, counts, from);
        return i;
    }
}
