package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.weir.plan.PlanException;
import org.weir.plan.PlanProblem;
import org.weir.plan.PlanProblem.Kind;

class FailuresTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Output output = new Output(System.out, new PrintStream(err, true, StandardCharsets.UTF_8));

    @Test
    void everyProblemOfAPlanIsALineAndTheFirstKindDecidesTheExitCode() {
        PlanException plan = new PlanException(List.of(
                new PlanProblem(Kind.RESOURCES, "memory", "too little"), new PlanProblem(Kind.INPUT, "a", "broken")));
        assertEquals(ExitCode.INPUT, Failures.report(plan, output));
        assertEquals(List.of("weir: memory: too little", "weir: a: broken"), lines());
    }

    @Test
    void filesFailWithTheirNameAndTheReason() {
        assertEquals(ExitCode.INPUT, Failures.report(new NoSuchFileException("a"), output));
        assertEquals(ExitCode.USAGE, Failures.report(new FileAlreadyExistsException("b"), output));
        assertEquals(ExitCode.IO, Failures.report(new AccessDeniedException("c"), output));
        assertEquals(ExitCode.IO, Failures.report(new FileSystemException("d", null, "Is a directory"), output));
        assertEquals(ExitCode.IO, Failures.report(new UncheckedIOException(new IOException("e: broken")), output));
        assertEquals(
                List.of(
                        "weir: a: no such file or folder",
                        "weir: b: is in the way: it is not a folder",
                        "weir: c: permission denied",
                        "weir: d: Is a directory",
                        "weir: e: broken"),
                lines());
    }

    @Test
    void aBugIsOneLineThatSaysHowToReportIt() {
        assertEquals(ExitCode.BUG, Failures.report(new IllegalStateException("odd"), output));
        assertEquals(1, lines().size());
        assertTrue(lines().getFirst().contains("IllegalStateException: odd at org.weir.cli.FailuresTest"));
        assertTrue(lines().getFirst().contains("please report it"));
        assertFalse(err.toString(StandardCharsets.UTF_8).contains("\tat "));
    }

    private List<String> lines() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
