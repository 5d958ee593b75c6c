package org.weir.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * A merge to be measured.
 *
 * @param readsBase whether the base is among its inputs
 * @param parameters lines of the config's {@code parameters}
 */
record Job(String name, String method, boolean readsBase, List<String> parameters) {
    static final Job LINEAR = new Job("linear", "linear", false, List.of("weight: 0.5"));
    static final Job TASK_ARITHMETIC = new Job("task_arithmetic", "task_arithmetic", true, List.of("weight: 0.5"));
    static final Job TIES = new Job("ties", "ties", true, List.of("weight: 0.5", "density: 0.2"));

    static final List<Job> ALL = List.of(
            LINEAR,
            TASK_ARITHMETIC,
            new Job("dare_linear", "dare_linear", true, List.of("weight: 0.5", "density: 0.1")),
            new Job("dare_ties", "dare_ties", true, List.of("weight: 0.5", "density: 0.1")),
            TIES,
            new Job(
                    "ties, trim_scope: model",
                    "ties",
                    true,
                    List.of("weight: 0.5", "density: 0.2", "trim_scope: model")));

    List<Path> inputs(Dataset data) {
        return data.folders(readsBase);
    }

    String config(Dataset data) {
        StringBuilder yaml = new StringBuilder("merge_method: " + method + "\n");
        if (readsBase) {
            yaml.append("base_model: ").append(quoted(data.base())).append('\n');
        }
        yaml.append("models:\n");
        data.folders(false)
                .forEach(expert ->
                        yaml.append("  - model: ").append(quoted(expert)).append('\n'));
        yaml.append("parameters:\n");
        parameters.forEach(line -> yaml.append("  ").append(line).append('\n'));
        return yaml.toString();
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }
}
