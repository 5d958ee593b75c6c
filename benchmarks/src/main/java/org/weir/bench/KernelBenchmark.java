package org.weir.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.weir.simd.Kernels;

/**
 * Each kernel, strip after strip, round and round the same data. After each iteration every element of every operand is
 * compared with what so many passes must have made of it: who skips work fails.
 */
public class KernelBenchmark extends TwinBenchmark {
    /** Keeps arrays from lying a whole number of pages apart; see {@link Kernels}. */
    private static final int PADDING = 200;

    @Param
    public KernelCase kernel = KernelCase.SUBTRACT;

    @SuppressWarnings("NullAway.Init") // by JMH, which calls the setup first
    private Kernels kernels;

    private float[][][] strips = {};
    private final long[] table = new long[Bracket.TABLE_ENTRIES];
    private long passes;

    @Setup
    public void allocate() {
        kernels = twin.kernels();
        int count = data.bytes() / (kernel.operands() * STRIP * Float.BYTES);
        strips = new float[count][kernel.operands()][STRIP + PADDING];
        fill();
    }

    private void fill() {
        for (int s = 0; s < strips.length; s++) {
            for (int operand = 0; operand < strips[s].length; operand++) {
                for (int i = 0; i < STRIP; i++) {
                    strips[s][operand][i] = kernel.numbers().at(operand, (long) s * STRIP + i);
                }
            }
        }
    }

    @Benchmark
    public void pass(OperandBytes operands) {
        KernelCase.Pass pass = kernel.pass();
        for (int s = 0; s < strips.length; s++) {
            pass.run(kernels, strips[s], table, (long) s * STRIP);
        }
        passes++;
        operands.bytes += (long) strips.length * kernel.operands() * STRIP * Float.BYTES;
    }

    @TearDown(Level.Iteration)
    public void check() {
        long[] expectedTable = new long[table.length];
        for (int s = 0; s < strips.length; s++) {
            for (int i = 0; i < STRIP; i++) {
                check(s, i, expectedTable);
            }
        }
        for (int i = 0; i < table.length; i++) {
            if (table[i] != expectedTable[i]) {
                throw wrong("entry " + i + " of the table", table[i], expectedTable[i]);
            }
            table[i] = 0;
        }
        passes = 0;
        fill();
    }

    private void check(int strip, int i, long[] expectedTable) {
        long element = (long) strip * STRIP + i;
        double[] expected = new double[kernel.operands()];
        for (int operand = 0; operand < expected.length; operand++) {
            expected[operand] = kernel.numbers().at(operand, element);
        }
        kernel.definition().apply(expected, passes, expectedTable, element);
        for (int operand = 0; operand < expected.length; operand++) {
            float found = strips[strip][operand][i];
            if (found != (float) expected[operand]) {
                throw wrong("element " + element + " of operand " + operand, found, expected[operand]);
            }
        }
    }

    private IllegalStateException wrong(String what, Object found, Object expected) {
        return new IllegalStateException(
                kernel + ", " + what + " after " + passes + " passes: found " + found + ", expected " + expected);
    }
}
