package org.weir.checkpoint;

/** How two writers that ours must equal byte for byte put a string into JSON. */
final class JsonString {
    private JsonString() {}

    /** As serde_json: only what must be escaped is. */
    static void append(StringBuilder json, String text) {
        append(json, text, Character.MAX_VALUE);
    }

    /** As Python's json module: everything that is not printable ASCII is escaped too. */
    static void appendAscii(StringBuilder json, String text) {
        append(json, text, '~');
    }

    private static void append(StringBuilder json, String text, char lastPlain) {
        int plain = plainChars(text, lastPlain);
        json.append('"').append(text, 0, plain); // of most texts all: there may be very many
        for (int i = plain; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < ' ' || c > lastPlain) {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    /** How many chars it begins with that stay as they are. */
    private static int plainChars(String text, char lastPlain) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c < ' ' || c > lastPlain) {
                return i;
            }
        }
        return text.length();
    }
}
