package org.weir.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * JSON read the plain way, by the grammar of RFC 8259 and with the limits of the reference: a depth of 128, numbers that
 * a double can hold, surrogates in pairs. It shares nothing with the parser that is tested, and it is not fast.
 *
 * <p>Values: {@code List<Map.Entry<String, Object>>} in an {@link Members}, {@code List<Object>} in an {@link Elements},
 * {@link Text}, {@link Number}, and {@link Word} for true, false and null.
 */
final class PlainJson {
    private static final int DEEPEST = 128;

    record Members(List<Map.Entry<String, Object>> all) {}

    record Elements(List<Object> all) {}

    record Text(String value) {}

    record Number(String written) {}

    record Word(String word) {}

    static final class NotJson extends Exception {
        private static final long serialVersionUID = 1;

        NotJson(String message) {
            super(message);
        }
    }

    private final String text;
    private int at;
    private int depth;

    private PlainJson(String text) {
        this.text = text;
    }

    /** The one value in the text. */
    static Object read(String text) throws NotJson {
        PlainJson json = new PlainJson(text);
        Object value = json.value();
        json.space();
        if (json.at < text.length()) {
            throw new NotJson("more than one value");
        }
        return value;
    }

    private Object value() throws NotJson {
        space();
        char c = peek();
        if (c == '{' || c == '[') {
            if (++depth > DEEPEST) {
                throw new NotJson("too deep");
            }
            Object value = c == '{' ? members() : elements();
            depth--;
            return value;
        }
        if (c == '"') {
            return new Text(string());
        }
        for (String word : List.of("true", "false", "null")) {
            if (text.startsWith(word, at)) {
                at += word.length();
                return new Word(word);
            }
        }
        return number();
    }

    private Members members() throws NotJson {
        List<Map.Entry<String, Object>> all = new ArrayList<>();
        expect('{');
        space();
        if (peek() == '}') {
            at++;
            return new Members(all);
        }
        while (true) {
            space();
            String name = string();
            space();
            expect(':');
            all.add(Map.entry(name, value()));
            space();
            if (peek() == '}') {
                at++;
                return new Members(all);
            }
            expect(',');
        }
    }

    private Elements elements() throws NotJson {
        List<Object> all = new ArrayList<>();
        expect('[');
        space();
        if (peek() == ']') {
            at++;
            return new Elements(all);
        }
        while (true) {
            all.add(value());
            space();
            if (peek() == ']') {
                at++;
                return new Elements(all);
            }
            expect(',');
        }
    }

    private String string() throws NotJson {
        expect('"');
        StringBuilder value = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            if (c < ' ') {
                throw new NotJson("a control character");
            }
            value.append(c == '\\' ? escaped() : c);
        }
        for (int i = 0; i < value.length(); i += Character.charCount(value.codePointAt(i))) {
            int codePoint = value.codePointAt(i);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw new NotJson("half a surrogate pair");
            }
        }
        return value.toString();
    }

    private char escaped() throws NotJson {
        char c = next();
        int simple = "\"\\/bfnrt".indexOf(c);
        if (simple >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(simple);
        }
        if (c != 'u') {
            throw new NotJson("an unknown escape");
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
            char digit = next();
            int value = "0123456789abcdef".indexOf(Character.toLowerCase(digit));
            if (value < 0 || digit > 'f') {
                throw new NotJson("no hexadecimal digit");
            }
            code = code * 16 + value;
        }
        return (char) code;
    }

    private Number number() throws NotJson {
        int begin = at;
        skip('-');
        if (!skip('0')) {
            digits();
        }
        if (skip('.')) {
            digits();
        }
        if (skip('e') || skip('E')) {
            if (!skip('+')) {
                skip('-');
            }
            digits();
        }
        String written = text.substring(begin, at);
        if (!Double.isFinite(Double.parseDouble(written))) {
            throw new NotJson("a number that no double can hold");
        }
        return new Number(written);
    }

    private void digits() throws NotJson {
        int begin = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == begin) {
            throw new NotJson("no digit");
        }
    }

    private void space() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean skip(char c) {
        boolean there = at < text.length() && text.charAt(at) == c;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(char c) throws NotJson {
        if (!skip(c)) {
            throw new NotJson("no " + c);
        }
    }

    private char peek() throws NotJson {
        if (at >= text.length()) {
            throw new NotJson("the end");
        }
        return text.charAt(at);
    }

    private char next() throws NotJson {
        char c = peek();
        at++;
        return c;
    }
}
