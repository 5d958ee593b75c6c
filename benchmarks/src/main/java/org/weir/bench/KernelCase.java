package org.weir.bench;

import java.util.stream.LongStream;
import org.weir.simd.CounterRandom;
import org.weir.simd.Kernels;

/**
 * A kernel to be measured, and what its operands hold after so many passes, element by element and in double. The numbers
 * are chosen so that floats hold every result exactly, also after a million passes over the same operands.
 */
@SuppressWarnings("ImmutableEnumChecker") // its functions capture constants only
public enum KernelCase {
    SUBTRACT(
            2,
            Values.SMALL_INTEGERS,
            (k, a, _, _) -> k.subtract(a[0], a[1], TwinBenchmark.STRIP),
            (v, passes, _, _) -> v[0] -= passes * v[1]),
    SCALE(
            1,
            Values.SMALL_INTEGERS,
            (k, a, _, _) -> k.scale(a[0], -1, TwinBenchmark.STRIP),
            (v, passes, _, _) -> v[0] *= passes % 2 == 0 ? 1 : -1),
    DIVIDE(
            1,
            Values.SMALL_INTEGERS,
            (k, a, _, _) -> k.divide(a[0], -1, TwinBenchmark.STRIP),
            (v, passes, _, _) -> v[0] *= passes % 2 == 0 ? 1 : -1),
    ADD_WEIGHTED(
            2,
            Values.SMALL_INTEGERS,
            (k, a, _, _) -> k.addWeighted(a[0], a[1], 2, TwinBenchmark.STRIP),
            (v, passes, _, _) -> v[0] += passes * 2 * v[1]),
    ADD_BASE(
            2,
            Values.SMALL_INTEGERS,
            (k, a, _, _) -> k.addBase(a[0], a[1], TwinBenchmark.STRIP),
            (v, passes, _, _) -> v[0] += passes * v[1]),
    VOTE(
            6,
            Values.SMALL_INTEGERS,
            (k, a, _, _) -> k.vote(a[0], a[1], a[2], a[3], a[4], a[5], 2, TwinBenchmark.STRIP),
            (v, passes, _, _) -> {
                double vote = 2 * v[5];
                v[0] += passes * vote;
                v[1] += passes * Math.max(vote, 0);
                v[2] += passes * (vote > 0 ? 2 : 0);
                v[3] += passes * Math.min(vote, 0);
                v[4] += passes * (vote < 0 ? 2 : 0);
            }),
    ELECT(
            6,
            Values.SMALL_INTEGERS,
            (k, a, _, _) -> k.elect(a[5], a[0], a[1], a[2], a[3], a[4], true, TwinBenchmark.STRIP),
            (v, passes, _, _) -> {
                int side = v[0] >= 0 ? 1 : 3;
                v[5] = passes == 0 ? v[5] : v[side] / (v[side + 1] == 0 ? 1 : v[side + 1]);
            }),
    TRIM(
            1,
            Values.DELTAS_OF_BF16,
            (k, a, _, _) -> k.trim(a[0], 0, TwinBenchmark.STRIP, Bracket.BF16.threshold(), true),
            (v, passes, _, _) -> v[0] = passes > 0 && bits(v[0]) < Bracket.BF16.threshold() ? 0 : v[0]),
    DROPOUT(
            1,
            Values.SMALL_INTEGERS,
            (k, a, _, first) -> k.dropout(a[0], TwinBenchmark.STRIP, Drop.STREAM, first, Drop.KEEP_A_TENTH),
            (v, passes, _, element) -> v[0] = passes == 0 || Drop.STREAM.keeps(element, Drop.KEEP_A_TENTH) ? v[0] : 0),
    DROPOUT_EACH(
            1,
            Values.SMALL_INTEGERS,
            (k, a, _, first) -> k.dropoutEach(a[0], TwinBenchmark.STRIP, Drop.STREAM, first, Drop.KEEP_EACH, 0, false),
            (v, passes, _, element) ->
                    v[0] = passes == 0 || Drop.STREAM.keeps(element, Drop.keepOf(element)) ? v[0] : 0),
    RANK_ENTRIES(
            1,
            Values.SMALL_INTEGERS,
            (k, a, table, _) -> k.rankEntries(a[0], 0, TwinBenchmark.STRIP, table, 0, 0),
            (v, passes, table, element) -> {
                int place = (int) (element % TwinBenchmark.STRIP);
                table[place] = passes == 0 ? 0 : (long) bits(v[0]) << 32 | place;
            }),
    /** The same probability for all ranks, so that a pass makes of its own result what it made of the ranks. */
    KEEP_BY_RANK(
            1,
            Values.SMALL_INTEGERS,
            (k, _, table, _) -> k.keepByRank(table, 0, TwinBenchmark.STRIP, 0.25, 0, 1),
            (_, passes, table, element) ->
                    table[(int) (element % TwinBenchmark.STRIP)] = passes == 0 ? 0 : CounterRandom.keep48(0.25)),
    COUNT_ALL(1, Values.DELTAS_OF_BF16, counting(Bracket.ALL, -1), counted(Bracket.ALL, -1)),
    COUNT_BF16_GUESSED(
            1,
            Values.DELTAS_OF_BF16,
            counting(Bracket.BF16, Bracket.BF16.threshold()),
            counted(Bracket.BF16, Bracket.BF16.threshold())),
    COUNT_BF16_NO_GUESS(1, Values.DELTAS_OF_BF16, counting(Bracket.BF16, -1), counted(Bracket.BF16, -1)),
    COUNT_BF16_WIDE(
            1,
            Values.DELTAS_OF_BF16,
            counting(Bracket.BF16_WIDE, Bracket.BF16.threshold()),
            counted(Bracket.BF16_WIDE, Bracket.BF16.threshold())),
    COUNT_F32(1, Values.DELTAS_OF_F32, counting(Bracket.F32, -1), counted(Bracket.F32, -1)),
    COUNT_F32_WIDE(1, Values.DELTAS_OF_F32, counting(Bracket.F32_WIDE, -1), counted(Bracket.F32_WIDE, -1)),
    SUM_MAGNITUDES(
            1,
            Values.SMALL_INTEGERS,
            (k, a, table, _) -> table[0] += (long) k.sumMagnitudes(a[0], TwinBenchmark.STRIP),
            (v, passes, table, _) -> table[0] += passes * (long) Math.abs(v[0])),
    COUNT_NON_ZERO(
            1,
            Values.SMALL_INTEGERS,
            (k, a, table, _) -> table[0] += k.countNonZero(a[0], TwinBenchmark.STRIP),
            (v, passes, table, _) -> table[0] += v[0] == 0 ? 0 : passes),
    COUNT_NON_FINITE(
            1,
            Values.WITH_INFINITIES,
            (k, a, table, _) -> table[0] += k.countNonFinite(a[0], TwinBenchmark.STRIP),
            (v, passes, table, _) -> table[0] += Double.isInfinite(v[0]) ? passes : 0),
    /** In quarters, which the powers are; what floats and the kernel round of a strip is far less than one. */
    SUM_OF_EXPONENTIALS(
            1,
            Values.LOGARITHMS_OF_POWERS,
            (k, a, table, _) -> table[0] += Math.round(4 * k.sumOfExponentials(a[0], 0, TwinBenchmark.STRIP)),
            (v, passes, table, _) -> table[0] += passes * Math.round(4 * Math.exp(v[0]))),
    /** In quarters of ln 2. */
    DIVERGENCE(
            2,
            Values.LOGARITHMS_OF_POWERS,
            (k, a, table, _) -> table[0] +=
                    Math.round(4 / Math.log(2) * k.divergence(a[0], 1, a[1], 1, 1e-8, 0, TwinBenchmark.STRIP)),
            (v, passes, table, _) -> table[0] += passes * Math.round(4 / Math.log(2) * Math.exp(v[0]) * (v[0] - v[1])));

    /** What is dropped; constants of their own class are there before those of the enum. */
    private static final class Drop {
        static final CounterRandom STREAM = CounterRandom.of(0, 1, "model.layers.0.mlp.up_proj.weight");
        static final long KEEP_A_TENTH = CounterRandom.keep48(0.1);
        /** From 0.05 to 0.35, as DELLA has them for a density of 0.2. */
        static final long[] KEEP_EACH = LongStream.range(0, TwinBenchmark.STRIP)
                .map(rank -> CounterRandom.keep48(0.05 + 0.3 * rank / TwinBenchmark.STRIP))
                .toArray();

        static long keepOf(long element) {
            return KEEP_EACH[(int) (element % TwinBenchmark.STRIP)];
        }
    }

    /** One strip. */
    interface Pass {
        void run(Kernels kernels, float[][] operands, long[] table, long firstElement);
    }

    /** What many passes over one element do to its operands, and add to the table. */
    interface Definition {
        void apply(double[] operands, long passes, long[] table, long element);
    }

    private final int operands;
    private final Values numbers;
    private final Pass pass;
    private final Definition definition;

    KernelCase(int operands, Values numbers, Pass pass, Definition definition) {
        this.operands = operands;
        this.numbers = numbers;
        this.pass = pass;
        this.definition = definition;
    }

    int operands() {
        return operands;
    }

    Values numbers() {
        return numbers;
    }

    Pass pass() {
        return pass;
    }

    Definition definition() {
        return definition;
    }

    private static Pass counting(Bracket bracket, int guess) {
        return (k, a, table, _) -> k.countMagnitudes(
                a[0], TwinBenchmark.STRIP, bracket.lo(), bracket.hi(), bracket.shift(), guess, table, 0);
    }

    private static Definition counted(Bracket bracket, int guess) {
        return (v, passes, table, _) -> {
            int magnitude = bits(v[0]);
            if (magnitude > bracket.hi()) {
                table[0] += passes;
            } else if (magnitude >= bracket.lo()) {
                table[2 + ((magnitude - bracket.lo()) >>> bracket.shift())] += passes;
                table[1] += magnitude == guess ? passes : 0;
            }
        };
    }

    private static int bits(double x) {
        return Float.floatToRawIntBits((float) Math.abs(x));
    }
}
