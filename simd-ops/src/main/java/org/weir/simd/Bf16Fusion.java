package org.weir.simd;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * A whole recipe over bf16 in one loop: the third twin. Expert after expert runs through registers and only the input and
 * the output touch memory, which is up to twice as fast as strip after strip through the L1 cache. The bits are those that
 * the {@link Kernels} write one after the other:
 *
 * <pre>
 *   x_k = factor_k · drop_k(cut_k(expert_k − base))        without a base: of expert_k itself
 *   out = base + lambda · (Σ weight_k · x_k ÷ divisor)     or, in place of the sum, the outcome of a sign election
 * </pre>
 *
 * One instance, for one thread, describes a stretch of consecutive elements: first every expert is given, then
 * {@link #merge} is called for one piece after the other.
 */
public final class Bf16Fusion {

    private static final int MAX_REST = 64;
    private static final int WIDTH_BYTES = 2;

    /** 16 random bits are always below. */
    private static final int KEEP_ALL = 1 << 16;

    final boolean elects;
    final boolean normalizes;
    final float divisor;
    final float lambda;
    final Optional<MemorySegment> base;
    /** Where the elements of index 0 would be: the memory at hand may begin later. */
    final long baseAddress;

    final long[] addresses;
    private final long origin;
    final float[] weights;
    private final MemorySegment[] experts;
    final int[] largestCut;
    final float[] factors;
    final int[] keepUpper;
    /** The key of {@link CounterRandom} that holds in the piece at hand: what is xored, what is added. */
    final int[] keyXored;

    final int[] keyAdded;
    private final long[] keep48;
    private final CounterRandom[] randoms;
    private boolean cuts;
    private boolean drops;
    private final float[] restBase = new float[MAX_REST];
    private final float[] rest = new float[MAX_REST];
    private final float[][] restLanes = new float[5][MAX_REST];

    private Bf16Fusion(
            boolean elects,
            boolean normalizes,
            float divisor,
            float[] weights,
            Optional<MemorySegment> base,
            long origin,
            float lambda) {
        this.elects = elects;
        this.normalizes = normalizes;
        this.divisor = divisor;
        this.lambda = lambda;
        this.base = base;
        this.origin = origin;
        this.baseAddress = base.isPresent() ? addressOfZero(base.get(), origin) : 0;
        this.weights = weights;
        experts = new MemorySegment[weights.length];
        addresses = new long[weights.length];
        largestCut = new int[weights.length];
        factors = new float[weights.length];
        keepUpper = new int[weights.length];
        keyXored = new int[weights.length];
        keyAdded = new int[weights.length];
        keep48 = new long[weights.length];
        randoms = new CounterRandom[weights.length];
        Arrays.fill(largestCut, -1);
        Arrays.fill(factors, 1);
        Arrays.fill(keepUpper, KEEP_ALL);
    }

    /**
     * With {@link Kernels#addWeighted} and {@link Kernels#divide}.
     *
     * @param base the base's memory, if there is one
     * @param origin index within the tensor of the element that it, and the experts' memory, begins with
     * @param lambda what the sum is multiplied with
     */
    public static Bf16Fusion sum(
            float[] weights, float divisor, Optional<MemorySegment> base, long origin, float lambda) {
        return new Bf16Fusion(false, false, divisor, weights, base, origin, lambda);
    }

    /** With {@link Kernels#vote} and {@link Kernels#elect}; parameters as for {@link #sum}. */
    public static Bf16Fusion election(
            float[] weights, boolean normalize, Optional<MemorySegment> base, long origin, float lambda) {
        return new Bf16Fusion(true, normalize, 1, weights, base, origin, lambda);
    }

    /** Whether these kernels have a fused twin: the vector ones. */
    public static boolean isTwinOf(Kernels kernels) {
        return kernels instanceof VectorKernels;
    }

    /** Whether what the experts' operations see is their difference to a base. */
    public boolean ofDeltas() {
        return base.isPresent();
    }

    /** Gives an expert's memory. */
    public void expert(int expert, MemorySegment elements) {
        experts[expert] = elements;
        addresses[expert] = addressOfZero(elements, origin);
    }

    private static long addressOfZero(MemorySegment elements, long origin) {
        return elements.address() - WIDTH_BYTES * origin;
    }

    /**
     * Zeroes magnitudes up to {@code largestCutBits}, as {@link Kernels#trim} does.
     *
     * @return false, and nothing done, if the loop has no place for this after what was asked for before
     */
    public boolean cut(int expert, int largestCutBits) {
        if (drops || factors[expert] != 1) {
            return false;
        }
        largestCut[expert] = Math.max(largestCut[expert], largestCutBits);
        cuts = true;
        return true;
    }

    /**
     * Drops at random, as {@link Kernels#dropout} does.
     *
     * @return false, and nothing done, if the loop has no place for this after what was asked for before
     */
    public boolean drop(int expert, CounterRandom random, long keepProbability48) {
        if (cuts || base.isEmpty() || keepUpper[expert] != KEEP_ALL || factors[expert] != 1) {
            return false;
        }
        randoms[expert] = random;
        keep48[expert] = keepProbability48;
        keepUpper[expert] = (int) (keepProbability48 >>> 32);
        drops = true;
        return true;
    }

    /**
     * Multiplies what is left, as {@link Kernels#scale} does.
     *
     * @return false, and nothing done, if the expert is multiplied already: two factors round twice
     */
    public boolean scale(int expert, float factor) {
        if (factors[expert] != 1) {
            return false;
        }
        factors[expert] = factor;
        return true;
    }

    /**
     * Makes some elements of the output.
     *
     * @param first index within the tensor of the first one; even, and {@code first >>> 33} is the same for all of them
     * @param n how many
     * @param out where they go, from {@code outOffsetBytes} on
     */
    public void merge(long first, int n, MemorySegment out, long outOffsetBytes) {
        if ((first & 1) != 0) {
            throw new IllegalArgumentException("an odd first element: " + first);
        }
        long outAddress = AllMemory.address(out, outOffsetBytes, (long) WIDTH_BYTES * n);
        base.ifPresent(elements -> checkedAddress(elements, first - origin, n));
        for (int k = 0; k < experts.length; k++) {
            checkedAddress(experts[k], first - origin, n);
            long key = randoms[k] == null ? 0 : randoms[k].pairKeyAt(first);
            keyXored[k] = (int) key;
            keyAdded[k] = (int) (key >>> 32);
        }
        int done = elects
                ? drops
                        ? VectorFusion.electDropped(this, first, n, out, outOffsetBytes)
                        : VectorFusion.elect(this, first, n, outAddress)
                : drops
                        ? VectorFusion.sumDropped(this, first, n, out, outOffsetBytes)
                        : VectorFusion.sum(this, first, n, outAddress);
        mergeStaged(first + done, n - done, out, outOffsetBytes + (long) WIDTH_BYTES * done);
    }

    /**
     * {@link Kernels#countMagnitudes} of the differences of two tensors.
     *
     * @param first index within the tensors of the first element
     * @param n how many
     */
    public static void countDeltas(
            MemorySegment base,
            MemorySegment expert,
            long first,
            int n,
            int loBits,
            int hiBits,
            int shift,
            int guessBits,
            long[] counts,
            int from) {
        long baseAddress = checkedAddress(base, first, n);
        long expertAddress = checkedAddress(expert, first, n);
        int done = loBits == guessBits && hiBits == guessBits
                ? VectorDeltaCounts.countGuesses(baseAddress, expertAddress, n, guessBits, counts, from)
                : VectorDeltaCounts.countDeltas(
                        baseAddress, expertAddress, n, loBits, hiBits, shift, guessBits, counts, from);
        if (done < n) {
            long offsetBytes = WIDTH_BYTES * first;
            float[] x = new float[MAX_REST];
            float[] b = new float[MAX_REST];
            ScalarBf16Codec.widen(base, offsetBytes + (long) WIDTH_BYTES * done, b, 0, n - done);
            ScalarBf16Codec.widen(expert, offsetBytes + (long) WIDTH_BYTES * done, x, 0, n - done);
            ScalarKernels.subtract(x, b, 0, n - done);
            ScalarMagnitudes.count(x, 0, n - done, loBits, hiBits, shift, guessBits, counts, from);
        }
    }

    /** Where elements of a tensor begin, which holds them all. */
    private static long checkedAddress(MemorySegment tensor, long first, int n) {
        return AllMemory.address(tensor, WIDTH_BYTES * first, (long) WIDTH_BYTES * n);
    }

    /** The definition: for what fills no vector, and for elements on which 16 random bits do not decide. */
    void mergeStaged(long first, int n, MemorySegment out, long outOffsetBytes) {
        float[] result = restLanes[0];
        if (base.isPresent()) {
            ScalarBf16Codec.widen(base.get(), WIDTH_BYTES * (first - origin), restBase, 0, n);
        }
        for (float[] lane : restLanes) {
            Arrays.fill(lane, 0, n, elects ? 0f : -0f);
        }
        for (int k = 0; k < experts.length; k++) {
            stageExpert(k, first, n);
        }
        if (elects) {
            ScalarElection.elect(
                    result, result, restLanes[1], restLanes[2], restLanes[3], restLanes[4], normalizes, 0, n);
        } else {
            ScalarKernels.divide(result, divisor, 0, n);
        }
        ScalarKernels.scale(result, lambda, 0, n);
        if (base.isPresent()) {
            ScalarKernels.addBase(result, restBase, 0, n);
        }
        ScalarBf16Codec.narrow(result, 0, n, out, outOffsetBytes);
    }

    private void stageExpert(int k, long first, int n) {
        ScalarBf16Codec.widen(experts[k], WIDTH_BYTES * (first - origin), rest, 0, n);
        if (base.isPresent()) {
            ScalarKernels.subtract(rest, restBase, 0, n);
        }
        if (largestCut[k] >= 0) {
            ScalarMagnitudes.trim(rest, 0, n, largestCut[k], false);
        }
        if (keepUpper[k] != KEEP_ALL) {
            ScalarKernels.dropout(rest, 0, n, randoms[k], first, keep48[k]);
        }
        ScalarKernels.scale(rest, factors[k], 0, n);
        if (elects) {
            ScalarElection.vote(
                    restLanes[0], restLanes[1], restLanes[2], restLanes[3], restLanes[4], rest, weights[k], 0, n);
        } else {
            ScalarKernels.addWeighted(restLanes[0], rest, weights[k], 0, n);
        }
    }
}
