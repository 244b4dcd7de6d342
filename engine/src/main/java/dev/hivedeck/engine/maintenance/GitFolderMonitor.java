package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.git.repository.GitFolder;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares the parts of the git folder that decide something with what was noted of them. What
 * changed while an agent was at work is noted, until a person keeps it or has it put back.
 */
final class GitFolderMonitor {
  private static final String CHANGED = "git.changed";

  private static final String PART = "git:";

  private final NoteStore notes;
  private final GitFolder folder;
  private final Path aside;
  private volatile Changed changed;

  /**
   * Parts of the git folder that an agent may have changed.
   *
   * @param digest of what they are now
   */
  record Changed(List<String> names, List<String> who, String digest) {

    static Changed of(List<String> names, List<String> who, Map<String, String> is) {
      var values = new TreeMap<String, String>();
      names.forEach(name -> values.put(name, is.getOrDefault(name, "")));
      return new Changed(names, who, ConfigSnapshot.sha256(Json.write(values)));
    }
  }

  /**
   * @param aside a folder for what is replaced when something is put back
   */
  GitFolderMonitor(NoteStore notes, Repository repository, Path aside) {
    this.notes = notes;
    this.folder = new GitFolder(repository);
    this.aside = aside;
    this.changed = notes.get(CHANGED).map(json -> Json.read(json, Changed.class)).orElse(null);
  }

  /** What changed while an agent was at work, and nobody has said anything of yet. */
  Optional<Changed> changed() {
    return Optional.ofNullable(changed);
  }

  /** Null before the first look. */
  private Map<String, String> known() {
    return notes.get(PART).isEmpty() ? null : notes.below(PART);
  }

  void look(List<String> who) {
    var was = known();
    var is = folder.look();
    var names = was == null ? List.<String>of() : GitFolder.differences(was, is);
    if (names.isEmpty() || who.isEmpty() && changed == null) {
      accept(was, is);
    } else if (changed == null) {
      note(Changed.of(names, who, is));
    } else {
      var same = Changed.of(names, changed.who(), is);
      // Who began later than all of it was not there when it changed.
      note(
          same.equals(changed)
              ? changed
              : Changed.of(names, GitMonitor.both(changed.who(), who), is));
    }
  }

  private void accept(Map<String, String> was, Map<String, String> is) {
    if (is.equals(was) && changed == null) {
      return;
    }
    var values = new HashMap<>(Map.of(PART, ""));
    is.forEach(
        (name, value) -> {
          if (was == null || !value.equals(was.get(name))) {
            values.put(PART + name, value);
          }
        });
    var removed = new HashSet<>(Set.of(CHANGED));
    if (was != null) {
      was.keySet().stream().filter(n -> !is.containsKey(n)).forEach(n -> removed.add(PART + n));
    }
    notes.write(values, removed);
    changed = null;
  }

  private void note(Changed now) {
    if (!now.equals(changed)) {
      notes.write(Map.of(CHANGED, Json.write(now)), Set.of());
      changed = now;
    }
  }

  static String what(Changed c) {
    return "The git folder changed while %s was at work: %s."
        .formatted(
            Plural.some(c.who(), GitMonitor.NAMED), Plural.some(c.names(), GitMonitor.NAMED));
  }

  /**
   * Takes it as it is.
   *
   * @return false when that is not what was shown, to the letter
   */
  boolean keep(Changed shown) {
    var was = known();
    var is = folder.look();
    boolean same = Changed.of(GitFolder.differences(was, is), shown.who(), is).equals(shown);
    if (same) {
      accept(was, is);
    }
    return same;
  }

  /** Puts it back as it was noted. */
  void putBack() {
    var was = notes.below(PART);
    for (String name : GitFolder.differences(was, folder.look())) {
      folder.putBack(name, was.get(name), aside);
    }
    accept(was, folder.look());
  }

  /** Hivedeck itself is about to let go of kept work. */
  void dropping(List<String> refs) {
    notes.write(
        Map.of(), refs.stream().map(ref -> PART + ref).collect(Collectors.toUnmodifiableSet()));
  }
}
