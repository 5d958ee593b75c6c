package org.weir.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with a config, to be told all at once and in the order of its lines. */
final class ConfigProblems {
    /** More are of no use to anybody, and a hostile file could have a hundred thousand. */
    private static final int MOST = 50;

    private record Found(int line, String message) {}

    private final Path file;
    private final List<Found> found = new ArrayList<>();

    ConfigProblems(Path file) {
        this.file = file;
    }

    /** Notes a problem. Lines count from 1; 0 stands for the whole file. */
    void add(int line, String message) {
        Found problem = new Found(line, message);
        if (found.size() <= MOST && !found.contains(problem)) {
            found.add(problem);
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** All problems, by line. */
    List<PlanProblem> sorted() {
        List<PlanProblem> sorted = new ArrayList<>();
        found.stream()
                .sorted(Comparator.comparingInt(Found::line))
                .limit(MOST)
                .forEach(problem -> sorted.add(problem(where(file, problem.line()), problem.message())));
        if (found.size() > MOST) {
            sorted.add(problem(file.toString(), "there are more problems; these are the first " + MOST));
        }
        return List.copyOf(sorted);
    }

    /** What to throw now. */
    PlanException exception() {
        return new PlanException(sorted());
    }

    /** "ties.yml:7", or the file alone for line 0. */
    static String where(Path file, int line) {
        return line == 0 ? file.toString() : file + ":" + line;
    }

    private static PlanProblem problem(String where, String message) {
        return new PlanProblem(PlanProblem.Kind.CONFIG, where, message);
    }
}
