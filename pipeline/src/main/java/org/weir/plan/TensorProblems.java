package org.weir.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.weir.plan.PlanProblem.Kind;

/** What is wrong with tensors. What is wrong with many of them in the same way is one problem. */
final class TensorProblems {

    /** So many tensors that do not fit are named each: their names tell what is different. */
    private static final int NAMED = 20;

    private record What(Kind kind, String message) {}

    private final Map<What, List<String>> tensors = new LinkedHashMap<>();

    void add(Kind kind, String tensor, String message) {
        tensors.computeIfAbsent(new What(kind, message), _ -> new ArrayList<>()).add(tensor);
    }

    /**
     * In the order in which they were found first.
     *
     * @param config the line that problems of the config point at
     */
    List<PlanProblem> all(String config) {
        List<PlanProblem> all = new ArrayList<>();
        tensors.forEach((what, names) -> {
            if (names.size() <= (what.kind() == Kind.CONFIG ? 1 : NAMED)) {
                names.forEach(name -> all.add(problem(what, "tensor " + name, config)));
            } else {
                String subject = "tensor %s and %,d more".formatted(names.getFirst(), names.size() - 1);
                all.add(problem(what, subject, config));
            }
        });
        return all;
    }

    private static PlanProblem problem(What what, String subject, String config) {
        return what.kind() == Kind.CONFIG
                ? new PlanProblem(what.kind(), config, subject + ": " + what.message())
                : new PlanProblem(what.kind(), subject, what.message());
    }
}
