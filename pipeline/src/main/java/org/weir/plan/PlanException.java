package org.weir.plan;

import java.util.List;
import java.util.stream.Collectors;

/** A merge that cannot be done as asked, with every reason that could be found at once. */
public final class PlanException extends Exception {
    private final transient List<PlanProblem> problems;

    /** @throws IllegalArgumentException if there is no problem */
    public PlanException(List<PlanProblem> problems) {
        super(problems.stream().map(PlanProblem::toString).collect(Collectors.joining("\n")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("a plan without a problem");
        }
        this.problems = List.copyOf(problems);
    }

    /** The problems in the order in which people should read them. */
    public List<PlanProblem> problems() {
        return problems;
    }

    /** The exit code of the first kind that there is a problem of: config, then inputs, then resources. */
    public int exitCode() {
        return problems.stream()
                .mapToInt(problem -> problem.kind().exitCode())
                .min()
                .orElseThrow();
    }
}
