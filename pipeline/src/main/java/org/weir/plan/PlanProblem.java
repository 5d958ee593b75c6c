package org.weir.plan;

import org.weir.checkpoint.Printable;

/**
 * One thing that is wrong, in one line.
 *
 * @param where a line of the config ("ties.yml:7"), a file or a tensor
 * @param message what was found, what was expected, what to do
 */
public record PlanProblem(Kind kind, String where, String message) {

    /** Whose problem it is; the exit code of the command says so. */
    public enum Kind {
        /** The config is wrong. */
        CONFIG(2),
        /** The checkpoints are missing, malformed or do not go together. */
        INPUT(3),
        /** The machine has not enough memory or disk. */
        RESOURCES(4);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    /** Escapes what would break the line or the terminal: names come from files of strangers. */
    public PlanProblem {
        where = Printable.line(where);
        message = Printable.line(message);
    }

    @Override
    public String toString() {
        return where + ": " + message;
    }
}
