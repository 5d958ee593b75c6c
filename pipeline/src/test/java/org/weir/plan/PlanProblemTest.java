package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.weir.plan.PlanProblem.Kind;

final class PlanProblemTest {
    private static final PlanProblem CONFIG = new PlanProblem(Kind.CONFIG, "c.yml:3", "wrong");
    private static final PlanProblem INPUT = new PlanProblem(Kind.INPUT, "m/model.safetensors", "short");
    private static final PlanProblem RESOURCES = new PlanProblem(Kind.RESOURCES, "memory", "little");

    @Test
    void isOneLine() {
        assertEquals("c.yml:3: wrong", CONFIG.toString());
    }

    @Test
    void whatBreaksLinesOrTerminalsIsEscaped() {
        PlanProblem problem = new PlanProblem(
                Kind.INPUT, "a\nb", "\u001b[2J \u0000 \u202e \ufeff \ud800 \u00e4 \ud83d\ude00 \udb40\udc01");
        assertEquals(
                "a\\u000ab: \\u001b[2J \\u0000 \\u202e \\ufeff \\ud800 \u00e4 \ud83d\ude00 \\u{e0001}",
                problem.toString());
    }

    @Test
    void theConfigIsToBlameFirstThenTheInputsThenTheMachine() {
        assertEquals(2, new PlanException(List.of(RESOURCES, INPUT, CONFIG)).exitCode());
        assertEquals(3, new PlanException(List.of(RESOURCES, INPUT)).exitCode());
        assertEquals(4, new PlanException(List.of(RESOURCES)).exitCode());
    }

    @Test
    void anExceptionSaysEveryProblemOnItsLine() {
        assertEquals("c.yml:3: wrong\nmemory: little", new PlanException(List.of(CONFIG, RESOURCES)).getMessage());
        assertEquals(List.of(CONFIG, RESOURCES), new PlanException(List.of(CONFIG, RESOURCES)).problems());
    }

    @Test
    void thereIsNoExceptionWithoutAProblem() {
        assertThrows(IllegalArgumentException.class, () -> new PlanException(List.of()));
    }
}
