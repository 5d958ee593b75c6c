package org.weir.plan;

import java.util.List;
import java.util.Optional;

/**
 * What a config says of one parameter, as written: a number, a list of numbers along the layers (a gradient), or rules
 * with filters. Whether the words are numbers at all depends on the method's {@link org.weir.method.Param}.
 *
 * @param line of its key, from 1
 * @param rules at least one; the first that matches a tensor counts
 */
public record Setting(int line, List<Rule> rules) {

    /** One scalar as written, and whether it had no quotes. */
    public record Scalar(String text, boolean plain, int line) {}

    /**
     * A value and the tensors it is for.
     *
     * @param filter part of the tensor's name; "*" or none matches all
     * @param values one, or the points of a gradient
     * @param gradient whether the values were written as a list, even of one
     */
    public record Rule(int line, Optional<String> filter, List<Scalar> values, boolean gradient) {
        /** @throws IllegalArgumentException if there is no value, or more than one and no gradient */
        public Rule {
            values = List.copyOf(values);
            if (values.isEmpty() || (values.size() > 1 && !gradient)) {
                throw new IllegalArgumentException(values.size() + " values in a rule");
            }
        }

        /** Whether the filter lets a tensor of this name pass. */
        public boolean matches(String tensorName) {
            return filter.isEmpty() || filter.get().equals("*") || tensorName.contains(filter.get());
        }
    }

    /** @throws IllegalArgumentException if there is no rule */
    public Setting {
        rules = List.copyOf(rules);
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("a setting without a rule");
        }
    }
}
