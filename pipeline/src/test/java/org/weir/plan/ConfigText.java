package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Configs of the tests, which all call them {@code c.yml}. */
final class ConfigText {
    /** A config with which nothing is wrong; five lines. */
    static final String LINEAR = """
            merge_method: linear
            models:
              - model: a
              - model: b
            parameters: {weight: 0.5}
            """;

    private ConfigText() {}

    static MergeConfig read(String text) throws PlanException {
        return MergeConfig.parseAll(Path.of("c.yml"), text.getBytes(StandardCharsets.UTF_8))
                .getFirst();
    }

    /** The lines that a person would see. */
    static List<String> problems(String text) {
        return assertThrows(PlanException.class, () -> read(text)).problems().stream()
                .map(PlanProblem::toString)
                .toList();
    }
}
