package org.weir.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a merge did.
 *
 * @param elapsed from the first byte read to the last one durable
 * @param publishing the end of that: waiting for the disk to have everything
 * @param readBytes bytes of input that were read, all sweeps together
 * @param writtenBytes bytes of tensors that were written
 * @param workers threads
 * @param kernels what the arithmetic ran on
 * @param stages what the workers' time went into; it adds up to all of it, without publishing
 * @param steady the rate without the start, if there was time for one
 * @param facts what was found out about each tensor that was merged
 */
public record MergeReport(
        Duration elapsed,
        Duration publishing,
        long readBytes,
        long writtenBytes,
        int workers,
        String kernels,
        List<StageTime> stages,
        Optional<MergeProgress.Steady> steady,
        List<TensorFacts> facts) {

    public MergeReport {
        stages = List.copyOf(stages);
        facts = List.copyOf(facts);
    }

    MergeReport published(Duration took) {
        return new MergeReport(
                elapsed.plus(took), took, readBytes, writtenBytes, workers, kernels, stages, steady, facts);
    }
}
