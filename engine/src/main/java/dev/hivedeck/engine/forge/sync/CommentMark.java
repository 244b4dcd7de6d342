package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.WorkspaceMeta;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * By which a workspace knows again what it said, where it was ended before it could write that
 * down. It names the workspace: another one of the same account has changes of the same numbers.
 */
final class CommentMark {
  private static final String KEY = "forge-mark";
  private static final Pattern COMMENT =
      Pattern.compile("<!-- hivedeck comment (\\d{1,18}) of ([A-Za-z0-9]{1,64}) -->");

  private final Store store;
  private final Supplier<String> ids;

  CommentMark(Store store, Supplier<String> ids) {
    this.store = store;
    this.ids = ids;
  }

  /** GitHub does not show it. */
  String of(String kind, Object id) {
    return PullText.mark(kind, id + " of " + workspace());
  }

  /** Which comment of here a text is; empty for none, and for that of another workspace. */
  Optional<Long> comment(String text) {
    var mark = COMMENT.matcher(text);
    return mark.find() && mark.group(2).equals(workspace())
        ? Optional.of(Long.parseLong(mark.group(1)))
        : Optional.empty();
  }

  private String workspace() {
    return store
        .read(sql -> WorkspaceMeta.get(sql, KEY))
        .orElseGet(
            () -> {
              String name = ids.get().replaceAll("[^A-Za-z0-9]", "");
              String fresh = name.length() <= 64 ? name : name.substring(0, 64);
              store.update(ids.get(), tx -> WorkspaceMeta.put(tx, KEY, fresh));
              return fresh;
            });
  }
}
