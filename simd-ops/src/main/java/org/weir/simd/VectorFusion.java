package org.weir.simd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.weir.simd.AllMemory.MEMORY;
import static org.weir.simd.CounterRandom.MULTIPLY_1;
import static org.weir.simd.CounterRandom.MULTIPLY_2;
import static org.weir.simd.CounterRandom.MULTIPLY_3;
import static org.weir.simd.Species.FLOATS;
import static org.weir.simd.Species.INTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * The loops of {@link Bf16Fusion}. Two neighbouring elements are one 32-bit word, and stay a pair of lanes in two vectors:
 *
 * <pre>
 *   word of the file    31            16 15             0
 *                      [ element 2p + 1 |  element 2p    ]     little endian
 *   even vector         word &lt;&lt; 16                             element 2p as f32
 *   odd vector          word &amp; 0xffff0000                      element 2p + 1 as f32
 * </pre>
 *
 * So widening is one instruction and narrowing two, and the pair shares one hash of {@link CounterRandom}. Each loop is
 * written out in full: a helper that takes or returns vectors would not be inlined into one of this size, and would put
 * every vector on the heap. What fills no vector is left to the caller.
 */
final class VectorFusion {

    private static final int STEP = 2 * INTS.length();
    private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);
    private static final int ODD = 0xffff0000;
    private static final int MAGNITUDE = 0x7fffffff;
    private static final int QUIET = 0x400000;

    private VectorFusion() {}

    /** Returns how many elements it made. */
    static int sum(Bf16Fusion f, long first, int n, long outAddress) {
        long[] addresses = f.addresses;
        float[] weights = f.weights;
        int[] cuts = f.largestCut;
        float[] factors = f.factors;
        boolean onto = f.base.isPresent();
        long base = f.baseAddress;
        float divisor = f.divisor;
        float lambda = f.lambda;
        int i = 0;
        for (; i <= n - STEP; i += STEP) {
            long at = 2 * (first + i);
            FloatVector evenBase = FloatVector.zero(FLOATS);
            FloatVector oddBase = FloatVector.zero(FLOATS);
            if (onto) {
                IntVector word = IntVector.fromMemorySegment(INTS, MEMORY, base + at, LITTLE_ENDIAN);
                evenBase = word.lanewise(LSHL, 16).reinterpretAsFloats();
                oddBase = word.and(ODD).reinterpretAsFloats();
            }
            FloatVector evenSum = FloatVector.broadcast(FLOATS, -0f);
            FloatVector oddSum = FloatVector.broadcast(FLOATS, -0f);
            for (int k = 0; k < addresses.length; k++) {
                IntVector word = IntVector.fromMemorySegment(INTS, MEMORY, addresses[k] + at, LITTLE_ENDIAN);
                FloatVector even = word.lanewise(LSHL, 16).reinterpretAsFloats().sub(evenBase);
                FloatVector odd = word.and(ODD).reinterpretAsFloats().sub(oddBase);
                VectorMask<Integer> evenCut =
                        even.reinterpretAsInts().and(MAGNITUDE).compare(LE, cuts[k]);
                VectorMask<Integer> oddCut =
                        odd.reinterpretAsInts().and(MAGNITUDE).compare(LE, cuts[k]);
                even = even.blend(0, evenCut.cast(FLOATS)).mul(factors[k]).mul(weights[k]);
                odd = odd.blend(0, oddCut.cast(FLOATS)).mul(factors[k]).mul(weights[k]);
                evenSum = evenSum.lanewise(ADD, even, evenSum.compare(EQ, evenSum)); // equal to itself: not NaN
                oddSum = oddSum.lanewise(ADD, odd, oddSum.compare(EQ, oddSum));
            }
            if (divisor != 1) {
                evenSum = evenSum.div(divisor);
                oddSum = oddSum.div(divisor);
            }
            evenSum = evenSum.mul(lambda);
            oddSum = oddSum.mul(lambda);
            if (onto) {
                VectorMask<Float> evenChanged = evenSum.compare(NE, 0).and(evenBase.compare(EQ, evenBase));
                VectorMask<Float> oddChanged = oddSum.compare(NE, 0).and(oddBase.compare(EQ, oddBase));
                evenSum = evenBase.add(evenSum, evenChanged);
                oddSum = oddBase.add(oddSum, oddChanged);
            }
            IntVector evenBits = evenSum.reinterpretAsInts();
            IntVector oddBits = oddSum.reinterpretAsInts();
            IntVector evenRounded =
                    evenBits.add(0x7fff).add(evenBits.lanewise(LSHR, 16).and(1));
            IntVector oddRounded =
                    oddBits.add(0x7fff).add(oddBits.lanewise(LSHR, 16).and(1));
            evenRounded = evenRounded.blend(
                    evenBits.or(QUIET), evenBits.and(MAGNITUDE).compare(GT, 0x7f800000));
            oddRounded =
                    oddRounded.blend(oddBits.or(QUIET), oddBits.and(MAGNITUDE).compare(GT, 0x7f800000));
            evenRounded
                    .lanewise(LSHR, 16)
                    .or(oddRounded.and(ODD))
                    .intoMemorySegment(MEMORY, outAddress + 2L * i, LITTLE_ENDIAN);
        }
        return i;
    }

    /** {@link #sum} with an election in place of the sum; there is a base. */
    static int elect(Bf16Fusion f, long first, int n, long outAddress) {
        long[] addresses = f.addresses;
        float[] weights = f.weights;
        int[] cuts = f.largestCut;
        float[] factors = f.factors;
        long base = f.baseAddress;
        boolean normalizes = f.normalizes;
        float lambda = f.lambda;
        int i = 0;
        for (; i <= n - STEP; i += STEP) {
            long at = 2 * (first + i);
            IntVector baseWord = IntVector.fromMemorySegment(INTS, MEMORY, base + at, LITTLE_ENDIAN);
            FloatVector evenBase = baseWord.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector oddBase = baseWord.and(ODD).reinterpretAsFloats();
            FloatVector evenTotal = FloatVector.zero(FLOATS);
            FloatVector oddTotal = FloatVector.zero(FLOATS);
            FloatVector evenPlus = FloatVector.zero(FLOATS);
            FloatVector oddPlus = FloatVector.zero(FLOATS);
            FloatVector evenPlusWeight = FloatVector.zero(FLOATS);
            FloatVector oddPlusWeight = FloatVector.zero(FLOATS);
            FloatVector evenMinus = FloatVector.zero(FLOATS);
            FloatVector oddMinus = FloatVector.zero(FLOATS);
            FloatVector evenMinusWeight = FloatVector.zero(FLOATS);
            FloatVector oddMinusWeight = FloatVector.zero(FLOATS);
            for (int k = 0; k < addresses.length; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, weights[k]);
                IntVector word = IntVector.fromMemorySegment(INTS, MEMORY, addresses[k] + at, LITTLE_ENDIAN);
                FloatVector even = word.lanewise(LSHL, 16).reinterpretAsFloats().sub(evenBase);
                FloatVector odd = word.and(ODD).reinterpretAsFloats().sub(oddBase);
                VectorMask<Integer> evenCut =
                        even.reinterpretAsInts().and(MAGNITUDE).compare(LE, cuts[k]);
                VectorMask<Integer> oddCut =
                        odd.reinterpretAsInts().and(MAGNITUDE).compare(LE, cuts[k]);
                even = even.blend(0, evenCut.cast(FLOATS)).mul(factors[k]).mul(weights[k]);
                odd = odd.blend(0, oddCut.cast(FLOATS)).mul(factors[k]).mul(weights[k]);
                evenTotal = evenTotal.lanewise(ADD, even, evenTotal.compare(EQ, evenTotal)); // equal to itself: not NaN
                VectorMask<Float> evenPositive = even.compare(GT, 0);
                evenPlus = evenPlus.lanewise(ADD, even, evenPositive);
                evenPlusWeight = evenPlusWeight.lanewise(ADD, weight, evenPositive);
                VectorMask<Float> evenNegative = even.compare(LT, 0);
                evenMinus = evenMinus.lanewise(ADD, even, evenNegative);
                evenMinusWeight = evenMinusWeight.lanewise(ADD, weight, evenNegative);
                oddTotal = oddTotal.lanewise(ADD, odd, oddTotal.compare(EQ, oddTotal)); // equal to itself: not NaN
                VectorMask<Float> oddPositive = odd.compare(GT, 0);
                oddPlus = oddPlus.lanewise(ADD, odd, oddPositive);
                oddPlusWeight = oddPlusWeight.lanewise(ADD, weight, oddPositive);
                VectorMask<Float> oddNegative = odd.compare(LT, 0);
                oddMinus = oddMinus.lanewise(ADD, odd, oddNegative);
                oddMinusWeight = oddMinusWeight.lanewise(ADD, weight, oddNegative);
            }
            VectorMask<Float> evenLost = evenTotal.compare(LT, 0);
            FloatVector evenSum = evenPlus.blend(evenMinus, evenLost);
            VectorMask<Float> oddLost = oddTotal.compare(LT, 0);
            FloatVector oddSum = oddPlus.blend(oddMinus, oddLost);
            if (normalizes) {
                FloatVector evenWeight = evenPlusWeight.blend(evenMinusWeight, evenLost);
                evenSum = evenSum.div(evenWeight, evenWeight.compare(NE, 0));
                FloatVector oddWeight = oddPlusWeight.blend(oddMinusWeight, oddLost);
                oddSum = oddSum.div(oddWeight, oddWeight.compare(NE, 0));
            }
            evenSum = evenSum.blend(Float.NaN, evenTotal.compare(NE, evenTotal)).mul(lambda);
            oddSum = oddSum.blend(Float.NaN, oddTotal.compare(NE, oddTotal)).mul(lambda);
            VectorMask<Float> evenChanged = evenSum.compare(NE, 0).and(evenBase.compare(EQ, evenBase));
            VectorMask<Float> oddChanged = oddSum.compare(NE, 0).and(oddBase.compare(EQ, oddBase));
            evenSum = evenBase.add(evenSum, evenChanged);
            oddSum = oddBase.add(oddSum, oddChanged);
            IntVector evenBits = evenSum.reinterpretAsInts();
            IntVector oddBits = oddSum.reinterpretAsInts();
            IntVector evenRounded =
                    evenBits.add(0x7fff).add(evenBits.lanewise(LSHR, 16).and(1));
            IntVector oddRounded =
                    oddBits.add(0x7fff).add(oddBits.lanewise(LSHR, 16).and(1));
            evenRounded = evenRounded.blend(
                    evenBits.or(QUIET), evenBits.and(MAGNITUDE).compare(GT, 0x7f800000));
            oddRounded =
                    oddRounded.blend(oddBits.or(QUIET), oddBits.and(MAGNITUDE).compare(GT, 0x7f800000));
            evenRounded
                    .lanewise(LSHR, 16)
                    .or(oddRounded.and(ODD))
                    .intoMemorySegment(MEMORY, outAddress + 2L * i, LITTLE_ENDIAN);
        }
        return i;
    }

    /** {@link #sum} after a random drop; there is a base, and there are no cuts. */
    static int sumDropped(Bf16Fusion f, long first, int n, MemorySegment out, long outOffsetBytes) {
        long[] addresses = f.addresses;
        float[] weights = f.weights;
        int[] keepUpper = f.keepUpper;
        int[] keyXored = f.keyXored;
        int[] keyAdded = f.keyAdded;
        long outAddress = out.address() + outOffsetBytes;
        float[] factors = f.factors;
        long base = f.baseAddress;
        float divisor = f.divisor;
        float lambda = f.lambda;
        int i = 0;
        for (; i <= n - STEP; i += STEP) {
            long at = 2 * (first + i);
            IntVector baseWord = IntVector.fromMemorySegment(INTS, MEMORY, base + at, LITTLE_ENDIAN);
            FloatVector evenBase = baseWord.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector oddBase = baseWord.and(ODD).reinterpretAsFloats();
            FloatVector evenSum = FloatVector.broadcast(FLOATS, -0f);
            FloatVector oddSum = FloatVector.broadcast(FLOATS, -0f);
            long evenTies = 0;
            long oddTies = 0;
            for (int k = 0; k < addresses.length; k++) {
                IntVector word = IntVector.fromMemorySegment(INTS, MEMORY, addresses[k] + at, LITTLE_ENDIAN);
                FloatVector even = word.lanewise(LSHL, 16).reinterpretAsFloats().sub(evenBase);
                FloatVector odd = word.and(ODD).reinterpretAsFloats().sub(oddBase);
                IntVector hash = IOTA.add((int) ((first + i) >>> 1)).lanewise(XOR, keyXored[k]);
                hash = hash.lanewise(XOR, hash.lanewise(LSHR, 17))
                        .mul(MULTIPLY_1)
                        .add(keyAdded[k]);
                hash = hash.lanewise(XOR, hash.lanewise(LSHR, 11)).mul(MULTIPLY_2);
                hash = hash.lanewise(XOR, hash.lanewise(LSHR, 15)).mul(MULTIPLY_3);
                hash = hash.lanewise(XOR, hash.lanewise(LSHR, 14));
                IntVector evenRandom = hash.and(0xffff);
                IntVector oddRandom = hash.lanewise(LSHR, 16);
                VectorMask<Integer> evenCut = evenRandom.compare(GT, keepUpper[k]);
                VectorMask<Integer> oddCut = oddRandom.compare(GT, keepUpper[k]);
                evenTies |= evenRandom.compare(EQ, keepUpper[k]).toLong();
                oddTies |= oddRandom.compare(EQ, keepUpper[k]).toLong();
                even = even.blend(0, evenCut.cast(FLOATS)).mul(factors[k]).mul(weights[k]);
                odd = odd.blend(0, oddCut.cast(FLOATS)).mul(factors[k]).mul(weights[k]);
                evenSum = evenSum.lanewise(ADD, even, evenSum.compare(EQ, evenSum)); // equal to itself: not NaN
                oddSum = oddSum.lanewise(ADD, odd, oddSum.compare(EQ, oddSum));
            }
            if (divisor != 1) {
                evenSum = evenSum.div(divisor);
                oddSum = oddSum.div(divisor);
            }
            evenSum = evenSum.mul(lambda);
            oddSum = oddSum.mul(lambda);
            VectorMask<Float> evenChanged = evenSum.compare(NE, 0).and(evenBase.compare(EQ, evenBase));
            VectorMask<Float> oddChanged = oddSum.compare(NE, 0).and(oddBase.compare(EQ, oddBase));
            evenSum = evenBase.add(evenSum, evenChanged);
            oddSum = oddBase.add(oddSum, oddChanged);
            IntVector evenBits = evenSum.reinterpretAsInts();
            IntVector oddBits = oddSum.reinterpretAsInts();
            IntVector evenRounded =
                    evenBits.add(0x7fff).add(evenBits.lanewise(LSHR, 16).and(1));
            IntVector oddRounded =
                    oddBits.add(0x7fff).add(oddBits.lanewise(LSHR, 16).and(1));
            evenRounded = evenRounded.blend(
                    evenBits.or(QUIET), evenBits.and(MAGNITUDE).compare(GT, 0x7f800000));
            oddRounded =
                    oddRounded.blend(oddBits.or(QUIET), oddBits.and(MAGNITUDE).compare(GT, 0x7f800000));
            evenRounded
                    .lanewise(LSHR, 16)
                    .or(oddRounded.and(ODD))
                    .intoMemorySegment(MEMORY, outAddress + 2L * i, LITTLE_ENDIAN);
            for (; evenTies != 0; evenTies &= evenTies - 1) { // one element in 65,536, per expert
                int tied = i + 2 * Long.numberOfTrailingZeros(evenTies);
                f.mergeStaged(first + tied, 1, out, outOffsetBytes + 2L * tied);
            }
            for (; oddTies != 0; oddTies &= oddTies - 1) {
                int tied = i + 2 * Long.numberOfTrailingZeros(oddTies) + 1;
                f.mergeStaged(first + tied, 1, out, outOffsetBytes + 2L * tied);
            }
        }
        return i;
    }

    /** {@link #elect} after a random drop; there is a base, and there are no cuts. */
    static int electDropped(Bf16Fusion f, long first, int n, MemorySegment out, long outOffsetBytes) {
        long[] addresses = f.addresses;
        float[] weights = f.weights;
        int[] keepUpper = f.keepUpper;
        int[] keyXored = f.keyXored;
        int[] keyAdded = f.keyAdded;
        long outAddress = out.address() + outOffsetBytes;
        float[] factors = f.factors;
        long base = f.baseAddress;
        boolean normalizes = f.normalizes;
        float lambda = f.lambda;
        int i = 0;
        for (; i <= n - STEP; i += STEP) {
            long at = 2 * (first + i);
            IntVector baseWord = IntVector.fromMemorySegment(INTS, MEMORY, base + at, LITTLE_ENDIAN);
            FloatVector evenBase = baseWord.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector oddBase = baseWord.and(ODD).reinterpretAsFloats();
            FloatVector evenTotal = FloatVector.zero(FLOATS);
            FloatVector oddTotal = FloatVector.zero(FLOATS);
            FloatVector evenPlus = FloatVector.zero(FLOATS);
            FloatVector oddPlus = FloatVector.zero(FLOATS);
            FloatVector evenPlusWeight = FloatVector.zero(FLOATS);
            FloatVector oddPlusWeight = FloatVector.zero(FLOATS);
            FloatVector evenMinus = FloatVector.zero(FLOATS);
            FloatVector oddMinus = FloatVector.zero(FLOATS);
            FloatVector evenMinusWeight = FloatVector.zero(FLOATS);
            FloatVector oddMinusWeight = FloatVector.zero(FLOATS);
            long evenTies = 0;
            long oddTies = 0;
            for (int k = 0; k < addresses.length; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, weights[k]);
                IntVector word = IntVector.fromMemorySegment(INTS, MEMORY, addresses[k] + at, LITTLE_ENDIAN);
                FloatVector even = word.lanewise(LSHL, 16).reinterpretAsFloats().sub(evenBase);
                FloatVector odd = word.and(ODD).reinterpretAsFloats().sub(oddBase);
                IntVector hash = IOTA.add((int) ((first + i) >>> 1)).lanewise(XOR, keyXored[k]);
                hash = hash.lanewise(XOR, hash.lanewise(LSHR, 17))
                        .mul(MULTIPLY_1)
                        .add(keyAdded[k]);
                hash = hash.lanewise(XOR, hash.lanewise(LSHR, 11)).mul(MULTIPLY_2);
                hash = hash.lanewise(XOR, hash.lanewise(LSHR, 15)).mul(MULTIPLY_3);
                hash = hash.lanewise(XOR, hash.lanewise(LSHR, 14));
                IntVector evenRandom = hash.and(0xffff);
                IntVector oddRandom = hash.lanewise(LSHR, 16);
                VectorMask<Integer> evenCut = evenRandom.compare(GT, keepUpper[k]);
                VectorMask<Integer> oddCut = oddRandom.compare(GT, keepUpper[k]);
                evenTies |= evenRandom.compare(EQ, keepUpper[k]).toLong();
                oddTies |= oddRandom.compare(EQ, keepUpper[k]).toLong();
                even = even.blend(0, evenCut.cast(FLOATS)).mul(factors[k]).mul(weights[k]);
                odd = odd.blend(0, oddCut.cast(FLOATS)).mul(factors[k]).mul(weights[k]);
                evenTotal = evenTotal.lanewise(ADD, even, evenTotal.compare(EQ, evenTotal)); // equal to itself: not NaN
                VectorMask<Float> evenPositive = even.compare(GT, 0);
                evenPlus = evenPlus.lanewise(ADD, even, evenPositive);
                evenPlusWeight = evenPlusWeight.lanewise(ADD, weight, evenPositive);
                VectorMask<Float> evenNegative = even.compare(LT, 0);
                evenMinus = evenMinus.lanewise(ADD, even, evenNegative);
                evenMinusWeight = evenMinusWeight.lanewise(ADD, weight, evenNegative);
                oddTotal = oddTotal.lanewise(ADD, odd, oddTotal.compare(EQ, oddTotal)); // equal to itself: not NaN
                VectorMask<Float> oddPositive = odd.compare(GT, 0);
                oddPlus = oddPlus.lanewise(ADD, odd, oddPositive);
                oddPlusWeight = oddPlusWeight.lanewise(ADD, weight, oddPositive);
                VectorMask<Float> oddNegative = odd.compare(LT, 0);
                oddMinus = oddMinus.lanewise(ADD, odd, oddNegative);
                oddMinusWeight = oddMinusWeight.lanewise(ADD, weight, oddNegative);
            }
            VectorMask<Float> evenLost = evenTotal.compare(LT, 0);
            FloatVector evenSum = evenPlus.blend(evenMinus, evenLost);
            VectorMask<Float> oddLost = oddTotal.compare(LT, 0);
            FloatVector oddSum = oddPlus.blend(oddMinus, oddLost);
            if (normalizes) {
                FloatVector evenWeight = evenPlusWeight.blend(evenMinusWeight, evenLost);
                evenSum = evenSum.div(evenWeight, evenWeight.compare(NE, 0));
                FloatVector oddWeight = oddPlusWeight.blend(oddMinusWeight, oddLost);
                oddSum = oddSum.div(oddWeight, oddWeight.compare(NE, 0));
            }
            evenSum = evenSum.blend(Float.NaN, evenTotal.compare(NE, evenTotal)).mul(lambda);
            oddSum = oddSum.blend(Float.NaN, oddTotal.compare(NE, oddTotal)).mul(lambda);
            VectorMask<Float> evenChanged = evenSum.compare(NE, 0).and(evenBase.compare(EQ, evenBase));
            VectorMask<Float> oddChanged = oddSum.compare(NE, 0).and(oddBase.compare(EQ, oddBase));
            evenSum = evenBase.add(evenSum, evenChanged);
            oddSum = oddBase.add(oddSum, oddChanged);
            IntVector evenBits = evenSum.reinterpretAsInts();
            IntVector oddBits = oddSum.reinterpretAsInts();
            IntVector evenRounded =
                    evenBits.add(0x7fff).add(evenBits.lanewise(LSHR, 16).and(1));
            IntVector oddRounded =
                    oddBits.add(0x7fff).add(oddBits.lanewise(LSHR, 16).and(1));
            evenRounded = evenRounded.blend(
                    evenBits.or(QUIET), evenBits.and(MAGNITUDE).compare(GT, 0x7f800000));
            oddRounded =
                    oddRounded.blend(oddBits.or(QUIET), oddBits.and(MAGNITUDE).compare(GT, 0x7f800000));
            evenRounded
                    .lanewise(LSHR, 16)
                    .or(oddRounded.and(ODD))
                    .intoMemorySegment(MEMORY, outAddress + 2L * i, LITTLE_ENDIAN);
            for (; evenTies != 0; evenTies &= evenTies - 1) { // one element in 65,536, per expert
                int tied = i + 2 * Long.numberOfTrailingZeros(evenTies);
                f.mergeStaged(first + tied, 1, out, outOffsetBytes + 2L * tied);
            }
            for (; oddTies != 0; oddTies &= oddTies - 1) {
                int tied = i + 2 * Long.numberOfTrailingZeros(oddTies) + 1;
                f.mergeStaged(first + tied, 1, out, outOffsetBytes + 2L * tied);
            }
        }
        return i;
    }
}
