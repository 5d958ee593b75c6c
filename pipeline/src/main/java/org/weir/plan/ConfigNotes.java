package org.weir.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.weir.checkpoint.Printable;

/** What people should know of their config although nothing is wrong with it. */
final class ConfigNotes {
    private record Note(int line, String text) {}

    private final Path file;
    private final List<Note> notes = new ArrayList<>();
    private final Set<String> ignored = new HashSet<>();

    ConfigNotes(Path file) {
        this.file = file;
    }

    ConfigNotes copy() {
        ConfigNotes copy = new ConfigNotes(file);
        copy.notes.addAll(notes);
        return copy;
    }

    void add(int line, String text) {
        notes.add(new Note(line, text));
    }

    /** Notes, once for all models, that a parameter does nothing. */
    void ignored(int line, String param, String because) {
        if (ignored.add(param)) {
            add(line, "'" + param + "' has no effect: " + because);
        }
    }

    /** All notes as lines, in the order of the config's. */
    List<String> sorted() {
        return notes.stream()
                .sorted(Comparator.comparingInt(Note::line))
                .map(note -> Printable.line(ConfigProblems.where(file, note.line()) + ": " + note.text()))
                .toList();
    }
}
