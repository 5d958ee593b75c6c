package org.weir.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.weir.method.Param;

/** What people should know of their config although nothing is wrong with it. */
final class ConfigNotes {
    private final Path file;
    private final List<String> notes = new ArrayList<>();
    private final Set<Param> ignored = new HashSet<>();

    ConfigNotes(Path file) {
        this.file = file;
    }

    void add(int line, String note) {
        notes.add(new PlanProblem(PlanProblem.Kind.CONFIG, ConfigProblems.where(file, line), note).toString());
    }

    /** Notes, once for all models, that a parameter does nothing. */
    void ignored(int line, Param param) {
        if (ignored.add(param)) {
            add(line, "'" + param.name() + "' has no effect: " + param.ignoredBecause());
        }
    }

    List<String> all() {
        return List.copyOf(notes);
    }
}
