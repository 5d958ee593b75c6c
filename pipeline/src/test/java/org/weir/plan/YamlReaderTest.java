package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class YamlReaderTest {
    private final ConfigProblems problems = new ConfigProblems(Path.of("c.yml"));

    @Test
    void knowsTheLineOfEveryValue() throws PlanException {
        Yaml.Fields top = fields("# first\na: 1\nb:\n  - 2\n\n  - {c: 3}\n");
        assertEquals(2, top.field("a").orElseThrow().line());
        Yaml.Items items = (Yaml.Items) top.field("b").orElseThrow().value();
        assertEquals(4, items.items().get(0).line());
        assertEquals(6, items.items().get(1).line());
    }

    @Test
    void keepsWordsAsTheyAreWritten() throws PlanException {
        Yaml.Fields top = fields("a: 1_000\nb: 017\nc: yes\nd: '0.5'\ne: 1e-3\n");
        assertEquals("1_000", text(top, "a"));
        assertEquals("017", text(top, "b"));
        assertEquals("yes", text(top, "c"));
        assertEquals("0.5", text(top, "d"));
        assertEquals("1e-3", text(top, "e"));
        assertFalse(((Yaml.Text) top.field("d").orElseThrow().value()).plain());
    }

    @Test
    void anAliasStandsForItsAnchor() throws PlanException {
        Yaml.Fields top = fields("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n");
        assertEquals(
                top.field("a").orElseThrow().value(),
                top.field("c").orElseThrow().value());
        assertEquals(
                2, ((Yaml.Items) top.field("d").orElseThrow().value()).items().size());
    }

    @Test
    void anAnchorMayBeUsedAgainForAnotherValue() throws PlanException {
        Yaml.Fields top = fields("a: &x 1\nb: *x\nc: &x 2\nd: *x\n");
        assertEquals("1", text(top, "b"));
        assertEquals("2", text(top, "d"));
    }

    @Test
    void aliasesOfScalarsAndKeysWork() throws PlanException {
        Yaml.Fields top = fields("a: &k weight\n*k : 3\n");
        assertEquals("3", text(top, "weight"));
    }

    @Test
    void aMergeKeyGivesWhatTheMappingDoesNotSay() throws PlanException {
        Yaml.Fields top = fields("base: &b {w: 1, d: 2}\nx:\n  w: 9\n  <<: *b\ny:\n  <<: *b\n  d: 8\n");
        assertEquals(List.of("w", "d"), List.copyOf(mapping(top, "x").byKey().keySet()));
        assertEquals("9", text(mapping(top, "x"), "w"));
        assertEquals("2", text(mapping(top, "x"), "d"));
        assertEquals("1", text(mapping(top, "y"), "w"));
        assertEquals("8", text(mapping(top, "y"), "d"));
        assertTrue(problems.isEmpty());
    }

    @Test
    void theFirstOfSeveralMergedMappingsWins() throws PlanException {
        Yaml.Fields top = fields("p: &p {w: 1}\nq: &q {w: 2, d: 3}\nx: {<<: [*p, *q]}\n");
        assertEquals("1", text(mapping(top, "x"), "w"));
        assertEquals("3", text(mapping(top, "x"), "d"));
    }

    @Test
    void mergesWhatWasMergedItself() throws PlanException {
        Yaml.Fields top = fields("p: &p {w: 1}\nq: &q {<<: *p, d: 2}\nx: {<<: *q}\n");
        assertEquals("1", text(mapping(top, "x"), "w"));
        assertEquals(1, mapping(top, "x").field("w").orElseThrow().line(), "the line where it is written");
    }

    @Test
    void mergesOnlyMappings() throws PlanException {
        fields("a: {<<: 3}\nb: {<<: [1, {c: 2}]}\nc: {<<: [[{d: 1}]]}\n");
        assertEquals(
                List.of(
                        "c.yml:1: '<<' merges mappings; found '3'",
                        "c.yml:2: '<<' merges mappings; found a list with something else",
                        "c.yml:3: '<<' merges mappings; found a list with something else"),
                told());
    }

    @Test
    void aQuotedMergeKeyIsAnOrdinaryKey() throws PlanException {
        assertEquals("3", text(fields("'<<': 3\n"), "<<"));
    }

    @Test
    void refusesASecondMergeKey() throws PlanException {
        fields("p: &p {w: 1}\nx:\n  <<: *p\n  <<: *p\n");
        assertEquals(List.of("c.yml:4: a second '<<' in one mapping; write one with a list: <<: [*a, *b]"), told());
    }

    @Test
    void refusesDuplicateKeysAtAnyDepth() throws PlanException {
        fields("a: 1\nb:\n  c: 1\n  d: 2\n  \"c\": 3\na: 4\n");
        assertEquals(
                List.of(
                        "c.yml:5: duplicate key 'c'; it is on line 3 already",
                        "c.yml:6: duplicate key 'a'; it is on line 1 already"),
                told());
    }

    @Test
    void refusesTags() {
        assertEquals(
                List.of("c.yml:2: the tag 'tag:yaml.org,2002:float'; tags are not used in configs, remove it"),
                fatal("a: 1\nb: !!float 3\n"));
        assertEquals(List.of("c.yml:1: the tag '!x'; tags are not used in configs, remove it"), fatal("a: !x [1]\n"));
    }

    @Test
    void readsEveryDocumentWithAnchorsOfItsOwn() throws PlanException {
        List<Yaml> documents = YamlReader.read("a: &x 1\n---\nb: 2\n---\n", new ConfigProblems(Path.of("c.yml")));
        assertEquals(2, documents.size());
        assertEquals("2", text((Yaml.Fields) documents.get(1), "b"));
        assertEquals(
                List.of("c.yml:3: the alias '*x' has no complete anchor '&x' before it"),
                fatal("a: &x 1\n---\nb: *x\n"));
    }

    @Test
    void oneDocumentMayHaveMarkersAround() throws PlanException {
        assertEquals("1", text(fields("%YAML 1.2\n---\na: 1\n...\n"), "a"));
    }

    @Test
    void anEmptyFileIsNoDocument() throws PlanException {
        assertTrue(YamlReader.read("", problems).isEmpty());
        assertTrue(YamlReader.read("# only this\n", problems).isEmpty());
    }

    @Test
    void refusesListsAsKeys() {
        assertEquals(List.of("c.yml:1: a list or a mapping stands where a key should be"), fatal("? [a, b]\n: 1\n"));
    }

    @Test
    void namesTheLineOfASyntaxError() {
        List<String> told = fatal("a: 1\nb: [1, 2\nc: 3\n");
        assertEquals(1, told.size());
        assertTrue(told.getFirst().startsWith("c.yml:3: not valid YAML: "), told.getFirst());
    }

    @Test
    void namesTheLineOfACharacterThatCannotBePrinted() {
        assertEquals(List.of("c.yml:2: a character that YAML does not allow: U+0007"), fatal("a: 1\nb: \u0007\n"));
    }

    @Test
    void refusesAnAliasWithoutItsAnchor() {
        assertEquals(List.of("c.yml:1: the alias '*x' has no complete anchor '&x' before it"), fatal("a: *x\n"));
    }

    @Test
    void refusesAnAliasInsideItsOwnAnchor() {
        assertEquals(
                List.of("c.yml:1: the alias '*x' has no complete anchor '&x' before it"), fatal("a: &x [1, *x]\n"));
        assertEquals(
                List.of("c.yml:2: the alias '*x' has no complete anchor '&x' before it"), fatal("a: &x\n  <<: *x\n"));
    }

    @Test
    void refusesABombOfAliasesAtOnce() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 20; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("a" + i + ": &a" + i + " [" + String.join(",", Collections.nCopies(10, alias)) + "]\n");
        }
        assertTimeout(
                Duration.ofSeconds(2),
                () -> assertEquals(
                        List.of("c.yml:5: more than 100000 values, those behind aliases counted each time"),
                        fatal(bomb.toString())));
    }

    @Test
    void refusesABombOfMergeKeysAtOnce() {
        StringBuilder bomb = new StringBuilder("a0: &a0 {k: 1}\n");
        for (int i = 1; i < 60; i++) {
            bomb.append("a%d: &a%d {k%d: 1, <<: [*a%d, *a%d]}\n".formatted(i, i, i, i - 1, i - 1));
        }
        assertTimeout(
                Duration.ofSeconds(2),
                () -> assertEquals(1, fatal(bomb.toString()).size()));
    }

    @Test
    void aThousandModelsMayShareTheirParameters() throws PlanException {
        String text = "p: &p {weight: 1, density: 0.5}\nmodels:\n" + "  - {model: m, parameters: *p}\n".repeat(1000);
        assertEquals(
                1000,
                ((Yaml.Items) fields(text).field("models").orElseThrow().value())
                        .items()
                        .size());
    }

    @Test
    void refusesDeepNestingAtOnce() {
        for (String opening : List.of("[", "{a: ", "- ", "? ")) {
            assertTimeout(Duration.ofSeconds(5), () -> {
                String told = fatal(opening.repeat(100_000)).getFirst();
                assertTrue(told.startsWith("c.yml:1: nested more than 32 deep"), told);
            });
        }
    }

    @Test
    void readsAMebibyteInOneScalarInGoodTime() {
        String text = "a: " + "x".repeat((1 << 20) - 4) + "\n";
        assertTimeout(
                Duration.ofSeconds(10),
                () -> assertEquals((1 << 20) - 4, text(fields(text), "a").length()));
    }

    /** Whatever stands in the file, the answer is a value or a {@link PlanException}. */
    @Property(tries = 3000)
    void nothingButProblemsComesOfGarbage(@ForAll("yamlLike") String text) {
        try {
            YamlReader.read(text, new ConfigProblems(Path.of("c.yml")));
        } catch (PlanException e) {
            assertFalse(e.problems().isEmpty());
        }
    }

    @Provide
    Arbitrary<String> yamlLike() {
        return Arbitraries.of(
                        "a",
                        "b",
                        ": ",
                        "\n",
                        "  ",
                        "- ",
                        "? ",
                        "[",
                        "]",
                        "{",
                        "}",
                        ",",
                        "&x ",
                        "*x ",
                        "<<",
                        "!t ",
                        "!!",
                        "|\n",
                        ">-\n",
                        "'",
                        "\"",
                        "#",
                        "%",
                        "---\n",
                        "...\n",
                        "\t",
                        "\\",
                        "\u0000",
                        "\u2028",
                        "\ud83d\ude00",
                        "\ud83d",
                        "@",
                        "`",
                        "~",
                        "\r\n",
                        "=",
                        "0")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    private Yaml.Fields fields(String text) throws PlanException {
        return (Yaml.Fields) YamlReader.read(text, problems).getFirst();
    }

    private static Yaml.Fields mapping(Yaml.Fields top, String key) {
        return (Yaml.Fields) top.field(key).orElseThrow().value();
    }

    private static String text(Yaml.Fields top, String key) {
        return ((Yaml.Text) top.field(key).orElseThrow().value()).text();
    }

    private List<String> told() {
        return problems.sorted().stream().map(PlanProblem::toString).toList();
    }

    private List<String> fatal(String text) {
        ConfigProblems fresh = new ConfigProblems(Path.of("c.yml"));
        return assertThrows(PlanException.class, () -> YamlReader.read(text, fresh)).problems().stream()
                .map(PlanProblem::toString)
                .toList();
    }
}
