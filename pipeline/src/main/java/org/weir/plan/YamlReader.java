package org.weir.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Makes a {@link Yaml} of a file that a stranger may have written.
 *
 * <p>It composes the parser's events itself, because a limit holds best where the thing is made: the depth before the
 * recursion goes deeper, and the size of what an alias stands for before it is used again. So a bomb of aliases is
 * refused without a limit on how often an honest config may repeat its parameters.
 */
final class YamlReader {
    private static final int DEEPEST = 32;
    /** Scalars, lists and mappings, those behind aliases counted each time. Real configs have hundreds. */
    private static final int MOST_VALUES = 100_000;

    private static final String MERGE_KEY = "<<";

    private record Anchored(Yaml value, long size) {}

    private final ConfigProblems problems;
    private final Iterator<Event> events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private long values;
    private int depth;

    private YamlReader(String text, ConfigProblems problems) {
        this.problems = problems;
        LoadSettings settings = LoadSettings.builder().setParseComments(false).build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /**
     * The documents in {@code text}, but for those that are empty. Duplicate keys are added to {@code problems}.
     *
     * @throws PlanException if there is no sense in reading on: no YAML, too deep, too large, tags
     */
    static List<Yaml> read(String text, ConfigProblems problems) throws PlanException {
        try {
            refuseUnprintable(text, problems);
            return new YamlReader(text, problems).documents();
        } catch (MarkedYamlEngineException e) {
            problems.add(
                    e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0), "not valid YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            problems.add(0, "not valid YAML: " + e.getMessage());
        }
        throw problems.exception();
    }

    /** The engine refuses these characters too, but does not say where they are. */
    private static void refuseUnprintable(String text, ConfigProblems problems) throws PlanException {
        int line = 1;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int codePoint = text.codePointAt(i);
            if (!StreamReader.isPrintable(codePoint)) {
                problems.add(line, String.format("a character that YAML does not allow: U+%04X", codePoint));
                throw problems.exception();
            }
            line += codePoint == '\n' ? 1 : 0;
        }
    }

    private List<Yaml> documents() throws PlanException {
        List<Yaml> documents = new ArrayList<>();
        while (events.hasNext()) {
            if (events.next() instanceof DocumentStartEvent) {
                anchors.clear();
                Yaml root = node(events.next());
                // what stands before the first '---' or after the last is mostly nothing
                if (!(root instanceof Yaml.Text text && text.isNull())) {
                    documents.add(root);
                }
            }
        }
        return documents;
    }

    private Yaml node(Event event) throws PlanException {
        count(event, 1);
        if (event instanceof AliasEvent alias) {
            return alias(alias);
        }
        long before = values;
        Yaml node = switch (event) {
            case ScalarEvent scalar -> scalar(scalar);
            case CollectionStartEvent collection -> collection(collection);
            default -> throw new IllegalStateException("no node starts with " + event);
        };
        Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
        anchor.ifPresent(name -> anchors.put(name, new Anchored(node, values - before)));
        return node;
    }

    private Yaml alias(AliasEvent alias) throws PlanException {
        Anchored anchored = anchors.get(alias.getAlias());
        if (anchored == null) {
            throw fatal(
                    alias,
                    "the alias '*" + alias.getAlias() + "' has no complete anchor '&" + alias.getAlias()
                            + "' before it");
        }
        count(alias, anchored.size());
        return anchored.value();
    }

    private Yaml.Text scalar(ScalarEvent scalar) throws PlanException {
        refuseTag(scalar, scalar.getTag());
        return new Yaml.Text(scalar.getValue(), scalar.isPlain(), line(scalar));
    }

    private Yaml collection(CollectionStartEvent start) throws PlanException {
        refuseTag(start, start.getTag());
        if (++depth > DEEPEST) {
            throw fatal(start, "nested more than " + DEEPEST + " deep");
        }
        Yaml collection = start.getEventId() == Event.ID.SequenceStart ? items(line(start)) : fields(line(start));
        depth--;
        return collection;
    }

    private Yaml.Items items(int line) throws PlanException {
        List<Yaml> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event));
        }
        return new Yaml.Items(items, line);
    }

    private Yaml.Fields fields(int line) throws PlanException {
        Map<String, Yaml.Field> fields = new LinkedHashMap<>();
        Map<String, Yaml.Field> merged = new LinkedHashMap<>();
        boolean merging = false;
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            Yaml.Text key = key(event);
            Yaml value = node(events.next());
            if (key.plain() && key.text().equals(MERGE_KEY)) {
                if (merging) {
                    problems.add(key.line(), "a second '<<' in one mapping; write one with a list: <<: [*a, *b]");
                }
                merging = true;
                merge(value, merged);
            } else {
                put(fields, new Yaml.Field(key.text(), value, key.line()));
            }
        }
        merged.forEach(fields::putIfAbsent);
        return new Yaml.Fields(Collections.unmodifiableMap(fields), line);
    }

    private Yaml.Text key(Event event) throws PlanException {
        if (node(event) instanceof Yaml.Text key) {
            return key;
        }
        throw fatal(event, "a list or a mapping stands where a key should be");
    }

    private void put(Map<String, Yaml.Field> fields, Yaml.Field field) {
        Yaml.Field first = fields.putIfAbsent(field.key(), field);
        if (first != null) {
            problems.add(
                    field.line(),
                    "duplicate key " + OneLine.quoted(field.key()) + "; it is on line " + first.line() + " already");
        }
    }

    /** Where several mappings have a key, the first wins, as YAML 1.1's merge type says. */
    private void merge(Yaml value, Map<String, Yaml.Field> merged) {
        switch (value) {
            case Yaml.Fields fields -> fields.byKey().forEach(merged::putIfAbsent);
            case Yaml.Items items
            when items.items().stream().allMatch(Yaml.Fields.class::isInstance) ->
                items.items().forEach(item -> merge(item, merged));
            case Yaml.Items items ->
                problems.add(items.line(), "'<<' merges mappings; found a list with something else");
            case Yaml.Text text -> problems.add(text.line(), "'<<' merges mappings; found " + text.description());
        }
    }

    private void refuseTag(Event event, Optional<String> tag) throws PlanException {
        if (tag.isPresent()) {
            throw fatal(event, "the tag " + OneLine.quoted(tag.get()) + "; tags are not used in configs, remove it");
        }
    }

    private void count(Event event, long more) throws PlanException {
        values += more;
        if (values > MOST_VALUES) {
            throw fatal(event, "more than " + MOST_VALUES + " values, those behind aliases counted each time");
        }
    }

    private PlanException fatal(Event event, String message) {
        problems.add(line(event), message);
        return problems.exception();
    }

    private static int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }
}
