package org.weir.simd;

/**
 * The float loops of every stage, over <em>strips</em>: heap arrays of which the first {@code n} elements are used, at
 * most a few thousand so that they stay in the L1 cache. {@link ScalarKernels} is the definition; the vector twin writes
 * the same bits for every input, NaN payloads included, at every vector width.
 *
 * <p>Arithmetic is IEEE f32 as written: no fused multiply-add, no reassociation. Where two NaNs could meet in a sum, the
 * one that was there first stays as it is, because hardware picks by operand order and a compiler may swap operands.
 * Scalars ({@code weight}, {@code factor}, {@code divisor}) are numbers, not NaN.
 *
 * <p>Kernels hold no state: one instance serves any number of threads. They allocate nothing once warm. Strips of
 * exactly a power of two, allocated in a row, lie a whole number of pages apart, and the CPU takes loads from one for
 * loads of what it has just stored to another: arrays some 200 floats longer than the strip make {@link #vote} 1.3 to 1.6
 * times faster.
 */
public sealed interface Kernels permits ScalarKernels, VectorKernels {

    /**
     * The fastest kernels this JVM can run: vectors of the machine's preferred width, or scalar loops when the module
     * {@code jdk.incubator.vector} is absent. The system property {@code weir.simd.width} (128, 256, 512 or scalar)
     * chooses otherwise; a width that the machine lacks works, slowly.
     *
     * @throws IllegalArgumentException if the property holds anything else
     */
    static Kernels best() {
        String width = System.getProperty("weir.simd.width", "");
        return switch (width) {
            case "scalar" -> scalar();
            case "", "128", "256", "512" ->
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                        ? new VectorKernels()
                        : new ScalarKernels("scalar loops, for want of --add-modules jdk.incubator.vector");
            default ->
                throw new IllegalArgumentException(
                        "system property weir.simd.width: found '" + width + "', expected 128, 256, 512 or scalar");
        };
    }

    /** The definition of them all: for what is too little to compile loops over vectors for. */
    static Kernels scalar() {
        return new ScalarKernels("scalar loops");
    }

    /** What runs, for people: "512-bit vectors" or "scalar loops". */
    String description();

    /** The bf16 codec that belongs with these kernels. */
    Codec bf16();

    /** {@code x -= y}. */
    void subtract(float[] x, float[] y, int n);

    /** {@code x *= factor}. */
    void scale(float[] x, float factor, int n);

    /** {@code x /= divisor}, a true division. */
    void divide(float[] x, float divisor, int n);

    /** {@code sum += weight * x}, rounded twice; a NaN in {@code sum} stays as it is. */
    void addWeighted(float[] sum, float[] x, float weight, int n);

    /** The same for the elements of {@code x[from..to)}. */
    void addWeightedRange(float[] sum, float[] x, float weight, int from, int to);

    /** {@code sum[i] += weights[first + i - from] * x[i]} for i from {@code from} to before {@code to}, as {@link #addWeighted}. */
    void addWeightedEach(float[] sum, float[] x, float[] weights, int first, int from, int to);

    /**
     * {@code x = base + x}, and the bits of {@code base} where {@code x} is zero or {@code base} is NaN: adding +0.0
     * would turn a base of -0.0 into +0.0, and an unchanged element must come out unchanged.
     */
    void addBase(float[] x, float[] base, int n);

    /**
     * Counts one expert's vote in TIES' sign election. With {@code v = weight * x}: {@code total += v}; where
     * {@code v > 0}, {@code plus += v} and {@code plusWeight += weight}; where {@code v < 0}, {@code minus += v} and
     * {@code minusWeight += weight}. The in-order total is a lane of its own because {@code plus + minus} elects another
     * sign under cancellation, as in {1e8, -1e8, -1}. A NaN in {@code total} stays as it is.
     */
    void vote(
            float[] total,
            float[] plus,
            float[] plusWeight,
            float[] minus,
            float[] minusWeight,
            float[] x,
            float weight,
            int n);

    /**
     * Ends the election: {@code out} is {@code plus} where {@code total >= 0}, {@code minus} where {@code total < 0}, NaN
     * where {@code total} is NaN; if {@code normalize}, divided by the elected side's weight, where exactly 0 counts as
     * 1. {@code out} may be one of the five lanes.
     */
    void elect(
            float[] out,
            float[] total,
            float[] plus,
            float[] plusWeight,
            float[] minus,
            float[] minusWeight,
            boolean normalize,
            int n);

    /**
     * Zeroes (to +0.0) the elements of {@code x[from..to)} whose magnitude is below a threshold, and those at the
     * threshold unless {@code keepEqual}.
     *
     * <pre>
     *   31 30      23 22                    0     With the sign cleared, the bits of floats order like integers:
     *  [s | exponent | fraction              ]    0 &lt; subnormals &lt; normals &lt; Inf (0x7f800000) &lt; NaN.
     *      \_________ magnitude bits ________/
     * </pre>
     *
     * @param thresholdBits magnitude bits of the threshold, not negative
     */
    void trim(float[] x, int from, int to, int thresholdBits, boolean keepEqual);

    /** Zeroes (to +0.0) the elements of {@code x[from..to)} whose magnitude bits are above {@code largestKeptBits}, NaN too. */
    void cutAbove(float[] x, int from, int to, int largestKeptBits);

    /** Zeroes (to +0.0) the elements of {@code x} where {@code by < least}; a NaN in {@code by} keeps. */
    void keepWhere(float[] x, float[] by, float least, int n);

    /** Gives magnitudes above {@code limit} that magnitude, with their sign; NaN stays. */
    void limit(float[] x, float limit, int n);

    /** {@code best = x} where the magnitude bits of {@code x} are at least those of {@code best}: the later of equals. */
    void keepLarger(float[] best, float[] x, int n);

    /**
     * The sum of the squared differences of {@code x[first]} to {@code x[first + count - 1]} from their mean, element by
     * element: in double, so that the order of the strips hardly ever shows in the float that it is rounded to, and exactly 0
     * where they are equal. A NaN comes out as {@link Float#NaN}.
     */
    void sumOfSquaredDifferences(float[] out, float[][] x, int first, int count, int n);

    /**
     * Takes one expert's active elements in, those of which the magnitude is not at most {@code epsilon}, so that NaN is
     * active: {@code count += 1}, {@code sum += x}, {@code alone += factor * x}. A NaN in a sum stays as it is.
     */
    void addActive(float[] count, float[] sum, float[] alone, float[] x, float epsilon, float factor, int n);

    /** {@code out} is {@code alone} where {@code count} is 1, {@code sum / count} where it is more, else +0.0. */
    void joinActive(float[] out, float[] count, float[] sum, float[] alone, int n);

    /** How many elements of {@code x} are active, as in {@link #addActive}, where {@code count >= least}. */
    long countActive(float[] x, float[] count, float epsilon, float least, int n);

    /**
     * {@code count += 1} where {@code x} is most of {@code total}: where its magnitude is not at most {@code factor} times
     * that of {@code total - x}. So a NaN counts.
     */
    void addDominant(float[] count, float[] x, float[] total, float factor, int n);

    /**
     * Zeroes (to +0.0) the elements that {@code stream} does not keep; the others stay as they are.
     *
     * @param firstElement place of {@code x[0]} in its tensor
     * @param keep48 keep probability as {@link CounterRandom#keep48} gives it
     */
    void dropout(float[] x, int n, CounterRandom stream, long firstElement, long keep48);

    /**
     * The same with a probability for each element, {@code keep48[first + i]} for {@code x[i]}.
     *
     * @param rescale whether to divide what is kept by its probability, as f32
     */
    void dropoutEach(
            float[] x, int n, CounterRandom stream, long firstElement, long[] keep48, int first, boolean rescale);

    /**
     * Has in {@code entries[at..)} what stands for {@code x[from..to)} where they are ranked: the bits of each magnitude above
     * 32 bits of its place, which is {@code place} for the first.
     */
    void rankEntries(float[] x, int from, int to, long[] entries, int at, int place);

    /**
     * In place of ranks in {@code ranks[from..to)}, keep probabilities as {@link CounterRandom#keep48} gives them:
     * {@code least + span * (rank / last)}, which must lie in [0, 1].
     */
    void keepByRank(long[] ranks, int from, int to, double least, double span, double last);

    /**
     * Rounds each element to one of its two neighbours among the bf16 numbers, at random and right on average: up with the
     * share of the way that it lies above the lower one. Numbers of bf16 stay what they are, and so do infinities and NaNs.
     * The next number above the largest is Inf.
     *
     * @param stream 32 random bits per element, of which the first 16 are compared with the 16 that bf16 has no place for
     * @param firstElement place of {@code x[0]} in its tensor
     */
    void roundToBf16(float[] x, int n, CounterRandom stream, long firstElement);

    /** The same for F16, subnormal numbers included; below 2^-31 the share is exact to 2^-31 of the smallest F16. */
    void roundToF16(float[] x, int n, CounterRandom stream, long firstElement);

    /**
     * Counts the magnitudes above a bracket, and sorts those inside it into bins. Magnitude bits as in {@link #trim}.
     *
     * <pre>
     *   counts[from]           magnitudes > hiBits
     *   counts[from + 1]       magnitudes = guessBits, which count in their bin as well
     *   counts[from + 2 + b]   magnitudes in [loBits, hiBits] with (magnitude - loBits) >>> shift = b
     * </pre>
     *
     * @param guessBits a magnitude of the bracket that is likely to occur often, or −1
     */
    void countMagnitudes(float[] x, int n, int loBits, int hiBits, int shift, int guessBits, long[] counts, int from);

    /**
     * The sum of |x| in double, the same at every vector width: element {@code i} is added to lane {@code i % 16}, in
     * order; the 16 lanes are joined as a tree, neighbours first; the {@code n % 16} elements at the end, which fill no
     * row of lanes, are added after that. A NaN is {@link Double#NaN}.
     */
    double sumMagnitudes(float[] x, int n);

    /** How many elements are not zero; NaN is not, -0.0 is. */
    long countNonZero(float[] x, int n);

    /** How many elements are NaN or infinite. */
    long countNonFinite(float[] x, int n);

    /**
     * The sum of x·y over {@code [from, to)} in double, the same at every vector width: on 16 lanes that begin at
     * {@code from}, joined as {@link #sumMagnitudes} joins them. Each product is exact. A NaN is {@link Double#NaN}.
     */
    double dot(float[] x, float[] y, int from, int to);

    /** {@code sums[first + i - from] += x[i] * y[i]} in double for i from {@code from} to before {@code to}. */
    void addProducts(double[] sums, int first, float[] x, float[] y, int from, int to);

    /**
     * {@code C += A·B} for matrices stored by rows: each element of C takes its products in, one after the other, each rounded,
     * as {@link #addWeighted} would; a NaN comes out as {@link Float#NaN}.
     *
     * @param cAt where C begins in {@code c}
     * @param cRow from one of its rows to the next
     * @param rows of A and C
     * @param depth columns of A, rows of B, which begins at the start of {@code b}
     * @param columns of B and C
     */
    void addProduct(
            float[] c,
            int cAt,
            int cRow,
            float[] a,
            int aAt,
            int aRow,
            float[] b,
            int bRow,
            int rows,
            int depth,
            int columns);

    /** {@code C -= A·B} in double, in the same order. */
    void subtractProduct(
            double[] c,
            int cAt,
            int cRow,
            double[] a,
            int aAt,
            int aRow,
            double[] b,
            int bRow,
            int rows,
            int depth,
            int columns);

    /**
     * Σ e^x for x[i], i from {@code from} to before {@code to}, in double, over the same lanes as {@link #dot}. Each
     * exponential is right to 2^-52 of itself; it is infinite from 709.44 on, and 0 below -708.74.
     */
    double sumOfExponentials(float[] x, int from, int to);

    /**
     * What these places add to the divergence KL(p ‖ q) of a row: Σ p·ln(p/q) with {@code p = e^x / sum + added} and
     * {@code q = e^base / baseSum + added}, in double, over the same lanes as {@link #dot}; {@link Double#NaN} if anything
     * in it is not finite.
     *
     * @param sum of the exponentials of the whole row of which {@code x} holds a part
     * @param baseSum the same of {@code base}
     * @param added larger than zero, and normal
     */
    double divergence(float[] x, double sum, float[] base, double baseSum, double added, int from, int to);

    /** {@code x = max(x, floor) + added}; NaN stays NaN. */
    void raise(float[] x, float floor, float added, int n);

    /** {@code sum += (weight * by) * x}; a NaN in {@code sum} stays as it is, one that joins it is {@link Float#NaN}. */
    void addWeightedBy(float[] sum, float[] x, float[] by, float weight, int n);

    /** {@code x = x / by}, and {@code other / divisor} where {@code by} is 0; a NaN comes out as {@link Float#NaN}. */
    void divideBy(float[] x, float[] by, float[] other, float divisor, int n);
}
