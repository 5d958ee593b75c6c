package org.weir.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * A merge to be measured.
 *
 * @param readsBase whether the base is among its inputs
 * @param mostExperts how many experts it takes at most
 * @param measured what each model comes with; for speed any numbers will do
 * @param parameters lines of the config's {@code parameters}
 */
record Job(String name, String method, boolean readsBase, int mostExperts, Measured measured, List<String> parameters) {
    /** What a method has to know of each model. */
    enum Measured {
        NOTHING,
        ELEMENTS,
        LAYERS
    }

    static final Job LINEAR = weights("linear", "weight: 0.5");
    static final Job TASK_ARITHMETIC = deltas("task_arithmetic", "weight: 0.5");
    static final Job TIES = deltas("ties", "weight: 0.5", "density: 0.2");

    static final List<Job> ALL = List.of(
            LINEAR,
            TASK_ARITHMETIC,
            deltas("dare_linear", "weight: 0.5", "density: 0.1"),
            deltas("dare_ties", "weight: 0.5", "density: 0.1"),
            TIES,
            new Job(
                    "ties, trim_scope: model",
                    "ties",
                    true,
                    Integer.MAX_VALUE,
                    Measured.NOTHING,
                    List.of("weight: 0.5", "density: 0.2", "trim_scope: model")));

    /** One of every method. */
    static final List<Job> METHODS = List.of(
            weights("passthrough").ofAtMost(1),
            LINEAR,
            weights("multislerp", "weight: 0.5"),
            weights("karcher"),
            weights("nuslerp", "weight: 0.5").ofAtMost(2),
            TASK_ARITHMETIC,
            TIES,
            deltas("dare_linear", "weight: 0.5", "density: 0.1"),
            deltas("dare_ties", "weight: 0.5", "density: 0.1"),
            deltas("breadcrumbs", "weight: 0.5", "density: 0.5", "gamma: 0.01"),
            deltas("breadcrumbs_ties", "weight: 0.5", "density: 0.5", "gamma: 0.01"),
            deltas("della", "weight: 0.5", "density: 0.5"),
            deltas("della_linear", "weight: 0.5", "density: 0.5"),
            new Job("fisher", "fisher", false, Integer.MAX_VALUE, Measured.ELEMENTS, List.of("floor: 1.0e-6")),
            new Job("regmean, queries", "regmean", false, Integer.MAX_VALUE, Measured.LAYERS, List.of()),
            deltas("sce", "select_topk: 0.3"),
            deltas("ram"),
            deltas("ramplus_tl"),
            deltas("magmax"),
            deltas("consensus"),
            deltas("model_stock"),
            deltas("slerp", "t: 0.5").ofAtMost(1),
            deltas("nearswap", "t: 0.001").ofAtMost(1),
            deltas("arcee_fusion").ofAtMost(1));

    private static Job weights(String method, String... parameters) {
        return new Job(method, method, false, Integer.MAX_VALUE, Measured.NOTHING, List.of(parameters));
    }

    private static Job deltas(String method, String... parameters) {
        return new Job(method, method, true, Integer.MAX_VALUE, Measured.NOTHING, List.of(parameters));
    }

    private Job ofAtMost(int experts) {
        return new Job(name, method, readsBase, experts, measured, parameters);
    }

    List<Path> inputs(Dataset data) {
        return data.folders(readsBase);
    }

    String config(Dataset data) {
        StringBuilder yaml = new StringBuilder("merge_method: " + method + "\n");
        if (readsBase) {
            yaml.append("base_model: ").append(quoted(data.base())).append('\n');
        }
        yaml.append("models:\n");
        List<Path> experts = data.folders(false);
        for (int i = 0; i < experts.size(); i++) {
            yaml.append("  - model: ").append(quoted(experts.get(i))).append('\n');
            if (measured != Measured.NOTHING) {
                Path any = measured == Measured.LAYERS ? data.grams() : experts.get((i + 1) % experts.size());
                yaml.append("    statistics: ").append(quoted(any)).append('\n');
            }
        }
        if (!parameters.isEmpty()) {
            yaml.append("parameters:\n");
        }
        parameters.forEach(line -> yaml.append("  ").append(line).append('\n'));
        return yaml.toString();
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }
}
