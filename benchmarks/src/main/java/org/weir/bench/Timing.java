package org.weir.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What was measured of a run.
 *
 * @param seconds from the start of the process to its end
 * @param steadyRate input bytes per nanosecond from the first fifth on, each byte counted once
 * @param peakAnonBytes memory that is not pages of files
 * @param peakResidentBytes with the pages of files
 */
record Timing(double seconds, double steadyRate, long peakAnonBytes, long peakResidentBytes) {
    /** Of times and rates the median, of memory the most. */
    static Timing median(List<Timing> runs) {
        return new Timing(
                median(runs, Timing::seconds),
                median(runs, Timing::steadyRate),
                runs.stream().mapToLong(Timing::peakAnonBytes).max().orElseThrow(),
                runs.stream().mapToLong(Timing::peakResidentBytes).max().orElseThrow());
    }

    private static double median(List<Timing> runs, ToDoubleFunction<Timing> of) {
        double[] sorted = runs.stream().mapToDouble(of).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
