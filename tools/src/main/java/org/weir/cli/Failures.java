package org.weir.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.weir.checkpoint.InputChangedException;
import org.weir.checkpoint.MalformedCheckpointException;
import org.weir.checkpoint.NotEnoughSpaceException;
import org.weir.checkpoint.TooManyFilesException;
import org.weir.engine.MergeStoppedException;
import org.weir.engine.UnusableValueException;
import org.weir.plan.PlanException;

/** What an exception means to the one who started the command: a line for each problem, and an exit code. */
final class Failures {
    private Failures() {}

    static int report(Exception failure, Output output) {
        return switch (failure) {
            case PlanException plan -> {
                plan.problems().forEach(problem -> output.problem(problem.toString()));
                yield plan.exitCode();
            }
            case UncheckedIOException wrapped -> report(Objects.requireNonNull(wrapped.getCause()), output);
            case IOException io -> {
                output.problem(text(io));
                if (code(io) == ExitCode.IO) {
                    output.stackTrace(io);
                }
                yield code(io);
            }
            case StoppedException stopped -> {
                output.problem(String.valueOf(stopped.getMessage()));
                yield ExitCode.STOPPED;
            }
            case MergeStoppedException stopped -> {
                output.problem(String.valueOf(stopped.getMessage()));
                yield ExitCode.STOPPED;
            }
            default -> {
                output.problem(bugText(failure));
                output.stackTrace(failure);
                yield ExitCode.BUG;
            }
        };
    }

    static String bugText(Throwable bug) {
        StackTraceElement[] trace = bug.getStackTrace();
        String where = trace.length == 0 ? "" : " at " + trace[0];
        return "internal error: " + bug + where + "; this is a bug in Weir, please report it with the output of -v";
    }

    static String fullText(Throwable full) {
        return "out of memory: " + full.getMessage() + "; a smaller --num-threads or --tile-elements needs less";
    }

    private static int code(IOException io) {
        return switch (io) {
            case FileAlreadyExistsException _ -> ExitCode.USAGE;
            case MalformedCheckpointException _,
                    InputChangedException _,
                    NoSuchFileException _,
                    UnusableValueException _ -> ExitCode.INPUT;
            case NotEnoughSpaceException full when !full.midway() -> ExitCode.RESOURCES;
            case TooManyFilesException _ -> ExitCode.RESOURCES;
            default -> ExitCode.IO;
        };
    }

    /** The JDK's messages are often the name of a file and nothing else. */
    private static String text(IOException io) {
        String message = String.valueOf(io.getMessage());
        return switch (io) {
            case AccessDeniedException _ -> message + ": permission denied";
            case FileSystemException file when file.getReason() != null -> message;
            case NoSuchFileException _ -> message + ": no such file or folder";
            case FileAlreadyExistsException _ -> message + ": is in the way: it is not a folder";
            case FileSystemException _ -> message + ": cannot be read or written";
            default -> message;
        };
    }
}
