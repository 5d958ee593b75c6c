package org.weir.plan;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The result of another document of a config.
 *
 * @param folder where it is, or its outline
 * @param plan how it is made, if that may be done tile by tile as it is read
 */
public record StepResult(Path folder, Optional<MergePlan> plan) {

    /** One that is on the disk. */
    public static StepResult written(Path folder) {
        return new StepResult(folder, Optional.empty());
    }
}
