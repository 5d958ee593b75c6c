package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which order the documents of a config are merged. */
final class ConfigStepsTest {
    @TempDir
    private Path folder;

    @Test
    void whatOthersUseComesBeforeThem() throws Exception {
        assertEquals(List.of("a", "b", ""), order("""
                        merge_method: linear
                        models: [{model: a}, {model: b}]
                        ---
                        name: b
                        merge_method: task_arithmetic
                        base_model: a
                        models: [{model: x}]
                        ---
                        name: a
                        merge_method: linear
                        models: [{model: y}]
                        """));
        assertEquals(List.of(""), order("merge_method: linear\nmodels: [{model: a}]\n"));
        assertEquals(List.of("x"), order("merge_method: linear\nname: x\nmodels: [{model: x}]\n"));
    }

    @Test
    void whereAllHaveNamesTheLastIsTheOneThatNobodyUses() throws Exception {
        assertEquals(List.of("a", "b"), order(document("b", "a") + "---\n" + document("a", "x")));
    }

    @Test
    void saysWhyThereIsNoOrder() {
        assertEquals(
                List.of("every document uses the result of another, so none is the last"),
                refused(document("a", "b") + "---\n" + document("b", "a")));
        assertEquals(
                List.of("the step 'a' uses itself, by way of others or not"),
                refused("merge_method: linear\nmodels: [{model: a}]\n---\n" + document("a", "a")));
        assertEquals(
                List.of("a second result; give all documents but one a name, and use each of them in another"),
                refused(
                        "merge_method: linear\nmodels: [{model: a}]\n---\nmerge_method: linear\nmodels: [{model: a}]\n"));
        assertEquals(
                List.of("nothing that leads to the result uses the step 'c'"),
                refused(document("c", "x") + "---\nmerge_method: linear\nmodels: [{model: a}]\n---\n"
                        + document("a", "x")));
        assertEquals(
                List.of("a second step of the name 'a'"),
                refused(document("a", "x") + "---\n" + document("a", "x")
                        + "---\nmerge_method: linear\nmodels: [{model: a}]\n"));
        assertEquals(
                List.of("the name '../a' of this step; expected letters, digits, '.', '_' and '-'"),
                refused(document("../a", "x") + "---\nmerge_method: linear\nmodels: [{model: a}]\n"));
    }

    private static String document(String name, String model) {
        return "name: " + name + "\nmerge_method: linear\nmodels: [{model: " + model + "}]\n";
    }

    private List<String> order(String text) throws PlanException, IOException {
        return ConfigSteps.ordered(read(text)).stream()
                .map(step -> step.name().orElse(""))
                .toList();
    }

    private List<String> refused(String text) {
        PlanException refused = assertThrows(PlanException.class, () -> order(text));
        return refused.problems().stream().map(PlanProblem::message).toList();
    }

    private List<MergeConfig> read(String text) throws PlanException, IOException {
        return MergeConfig.readAll(Files.writeString(folder.resolve("c.yml"), text));
    }
}
