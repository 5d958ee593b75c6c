package org.weir.checkpoint;

/** A token that is found in the text before the model sees it; the flags are those of the library. */
public record AddedToken(
        int id,
        String content,
        boolean singleWord,
        boolean lstrip,
        boolean rstrip,
        boolean normalized,
        boolean special) {

    /** As the library adds a plain word. */
    public static AddedToken plain(int id, String content) {
        return new AddedToken(id, content, false, false, false, true, false);
    }

    /** The same with another number. */
    public AddedToken at(int other) {
        return new AddedToken(other, content, singleWord, lstrip, rstrip, normalized, special);
    }

    /** As {@code tokenizer.json} has it. */
    String json() {
        StringBuilder json = new StringBuilder("{\"id\": ").append(id).append(", \"content\": ");
        JsonString.appendAscii(json, content);
        return json.append(", \"single_word\": " + singleWord)
                .append(", \"lstrip\": " + lstrip)
                .append(", \"rstrip\": " + rstrip)
                .append(", \"normalized\": " + normalized)
                .append(", \"special\": " + special)
                .append('}')
                .toString();
    }
}
