package dev.hivedeck.engine.config.edit;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.yaml.YamlEdit;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * {@code .hivedeck/hive.yaml} on disk, as the engine changes it: what is to be written is read
 * again first and must say what is there and the change, no more and no less; then it takes the
 * place of the file whole.
 */
public final class HiveFile {
  private static final String NEW = "version: 1\n";

  private final Path file;

  /**
   * @param root of the repository
   */
  public HiveFile(Path root) {
    this.file = root.resolve(HiveConfig.FILE);
  }

  /**
   * Where something was written.
   *
   * @param from the first line, from 1; 0 when nothing had to be written
   * @param to the last line
   */
  public record Lines(int from, int to) {
    private static final Lines NONE = new Lines(0, 0);
  }

  /**
   * Writes agents below those there are; makes the file where there is none.
   *
   * @param agents whose names are free
   * @throws HiveException {@code config-invalid} when the file is wrong already, {@code
   *     config-unwritable} when the change cannot be made in it or it cannot be written; then
   *     nothing has changed
   */
  public synchronized Lines add(List<AgentEntry> agents) {
    if (agents.isEmpty()) {
      return Lines.NONE;
    }
    String before = read();
    String text = before == null ? NEW : before;
    HiveConfig.parse(HiveConfig.FILE, text);
    var edit = AgentsSection.add(text, agents);
    var added = agents.stream().map(AgentEntry::name).collect(java.util.stream.Collectors.toSet());
    check(text, edit.text(), all -> without(all, added), added);
    write(before, edit.text());
    return new Lines(edit.from(), edit.to());
  }

  /**
   * Takes agents out, with the lines that describe them and nothing else.
   *
   * @return where they were
   * @throws HiveException as {@link #add}
   */
  public synchronized Lines remove(Set<String> names) {
    String before = read();
    if (before == null) {
      return Lines.NONE;
    }
    HiveConfig.parse(HiveConfig.FILE, before);
    var edit = AgentsSection.remove(before, names);
    if (edit.from() == 0) {
      return Lines.NONE;
    }
    check(edit.text(), before, all -> without(all, names), Set.of());
    write(before, edit.text());
    return new Lines(edit.from(), edit.to());
  }

  /**
   * The text there is.
   *
   * @return null where there is no file
   * @throws HiveException {@code config-unreadable}
   */
  public String text() {
    return read();
  }

  /** What an edit names the text by that it was made for; a file that is not there is as empty. */
  public static String digest(String text) {
    return ConfigSnapshot.sha256(text == null ? "" : text);
  }

  /**
   * The text with these values changed in it, each where it stands.
   *
   * @param text null where there is no file
   * @throws HiveException as {@link YamlEdit#apply}
   */
  public static String edited(String text, List<Config.Change> changes) {
    return YamlEdit.apply(HiveConfig.FILE, text == null ? NEW : text, changes);
  }

  /**
   * Puts a text in the place of the one there is. Where it is there already nothing is written, so
   * that the same edit may come again.
   *
   * @param digest of the text that the edit was made for
   * @param edit makes the new text of the one there is; null for none
   * @return the text that is there now
   * @throws HiveException {@code config-changed} when the file says something else by now, {@code
   *     config-invalid} when the new text is no valid configuration, {@code config-unwritable};
   *     then nothing has changed
   */
  public synchronized String edit(String digest, UnaryOperator<String> edit) {
    String before = read();
    boolean same = digest(before).equals(digest);
    String after = null;
    try {
      after = edit.apply(before);
    } catch (HiveException e) {
      if (same) {
        throw e;
      }
    }
    if (before != null && before.equals(after)) {
      return after;
    }
    if (!same) {
      throw new HiveException(
          ErrorCode.CONFIG_CHANGED,
          digest == null
              ? "An edit names the text that it was made for, by its digest."
              : HiveConfig.FILE + " was changed by somebody else since this edit was begun.",
          "Look at it again, hivedeck config shows it; nothing was written.");
    }
    valid(after);
    write(before, after);
    return after;
  }

  /**
   * @throws HiveException {@code config-invalid} with all that is wrong with a text
   */
  public static void valid(String text) {
    if (text.getBytes(StandardCharsets.UTF_8).length > HiveConfig.LARGEST) {
      throw new HiveException(
          ErrorCode.CONFIG_INVALID,
          HiveConfig.FILE + " would be larger than " + (HiveConfig.LARGEST >> 20) + " MB.",
          "Make it smaller.");
    }
    HiveConfig.parse(HiveConfig.FILE, text);
  }

  private static Map<String, AgentSpec> without(Map<String, AgentSpec> all, Set<String> names) {
    var rest = new LinkedHashMap<>(all);
    rest.keySet().removeAll(names);
    return rest;
  }

  /** The larger text, without what is more in it, has to say the same as the smaller one. */
  private static void check(
      String smaller,
      String larger,
      UnaryOperator<Map<String, AgentSpec>> less,
      Set<String> wanted) {
    var small = HiveConfig.parse(HiveConfig.FILE, smaller);
    var large = HiveConfig.parse(HiveConfig.FILE, larger);
    if (!large.with(less.apply(large.agents())).equals(small)
        || !large.agents().keySet().containsAll(wanted)) {
      throw new HiveException(
          ErrorCode.CONFIG_UNWRITABLE,
          HiveConfig.FILE + " is written in a way in which its agents cannot be changed safely.",
          "Add or remove them yourself: " + String.join(", ", new TreeSet<>(wanted)) + ".");
    }
  }

  private String read() {
    return HiveConfig.read(file);
  }

  /** Puts a text in the place of the one that was read. */
  private void write(String before, String text) {
    try {
      Files.createDirectories(file.getParent());
      Path place = before == null ? file : file.toRealPath();
      Path temporary = place.resolveSibling(place.getFileName() + ".new");
      Files.deleteIfExists(temporary); // A link of that name may lead anywhere.
      try (var channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      if (before != null && Files.getFileStore(place).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(place));
      }
      if (!Objects.equals(before, read())) {
        Files.delete(temporary);
        throw new HiveException(
            ErrorCode.NOT_NOW,
            HiveConfig.FILE + " was changed by somebody else in this moment.",
            "Try again; nothing was written.");
      }
      Files.move(
          temporary, place, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.CONFIG_UNWRITABLE,
          file + " cannot be written: " + e.getMessage(),
          "Check the rights and the space of that folder; nothing has changed.",
          e);
    }
  }
}
