package dev.hivedeck.ui.shell.settings;

import dev.hivedeck.ui.live.LiveModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import javafx.scene.control.TextInputControl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the person wrote in a workspace and did not send yet. It outlives the sheet or screen that
 * it was written on, and the program: each workspace has a file of its own beside the settings.
 */
public final class Drafts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Drafts.class);

  private final Settings settings;
  private final Supplier<LiveModel> live;
  private Settings store;

  /**
   * @param live says which workspace it is
   */
  public Drafts(Settings settings, Supplier<LiveModel> live) {
    this.settings = settings;
    this.live = live;
  }

  /** What is kept under that key; empty for nothing. */
  public String text(String key) {
    return store().text(path(key), "");
  }

  public void put(String key, String text) {
    if (text.isEmpty()) {
      store().remove(path(key));
    } else {
      store().put(path(key), text);
    }
  }

  /** Keeps what is written in a field; it says under which key with {@link Draft#at}. */
  public Draft of(TextInputControl field) {
    return new Draft(field);
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }

  private Settings store() {
    if (store == null) {
      var workspace = live.get().workspace().get();
      store = new Settings(workspace == null ? null : file(workspace.path()));
    }
    return store;
  }

  /** Where they are; what is at the former place is brought there. */
  private Path file(String workspace) {
    var file = settings.beside("drafts/" + WorkspaceKey.of(workspace) + ".json");
    var former = settings.beside("drafts/" + WorkspaceKey.former(workspace) + ".json");
    if (file != null && !Files.exists(file) && Files.exists(former)) {
      try {
        Files.move(former, file);
      } catch (IOException e) {
        LOG.warn("Drafts in {} could not be moved: {}", former, e.toString());
      }
    }
    return file;
  }

  private static String path(String key) {
    return "drafts." + key.replace('.', '~');
  }

  /** A field whose words are kept as they are written. */
  public final class Draft {
    private final TextInputControl field;
    private String key;

    private Draft(TextInputControl field) {
      this.field = field;
      field
          .textProperty()
          .addListener(
              (_, _, text) -> {
                if (key != null) {
                  put(key, text == null ? "" : text);
                }
              });
    }

    /** Shows what is kept under that key, and keeps there what is written from now on. */
    public void at(String wanted) {
      at(wanted, "");
    }

    /**
     * As {@link #at(String)}.
     *
     * @param otherwise what the field shows where nothing is kept; that is not kept itself
     */
    public void at(String wanted, String otherwise) {
      key = null;
      var kept = wanted == null ? "" : text(wanted);
      field.setText(kept.isEmpty() ? otherwise : kept);
      key = wanted;
    }

    /** It was sent, or is not wanted any more. */
    public void done() {
      if (key != null) {
        put(key, "");
      }
      var here = key;
      key = null;
      field.clear();
      key = here;
    }
  }
}
