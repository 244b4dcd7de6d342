package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.GitDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the setup of a folder made and changed there before anybody worked in it. It is no part of
 * the work as long as it is as the setup left it.
 */
public final class SetupChanges {
  private static final String LIST = "setup";
  private static final String UNDER_WAY = "setup.begun";
  private static final String OBJECTS = "setup-objects";

  /** Fields of one entry in the list. */
  private static final int FIELDS = 3;

  /** Stands in a raw diff for the mode of a file that is not there. */
  private static final String NO_MODE = "000000";

  private SetupChanges() {}

  /**
   * One file.
   *
   * @param before its mode and id in the commit; empty where that has none
   * @param after the same once it was set up; empty where the setup removed it
   */
  public record Entry(String path, String before, String after) {}

  /** A setup begins: until it has ended, nothing in the folder is anybody's work. */
  public static void begin(AttemptFolders.Notes notes) {
    notes.write(UNDER_WAY, "");
  }

  /** It has ended, and this is what it did. */
  public static void end(AttemptFolders.Notes notes, List<Entry> entries) {
    var fields = new StringBuilder();
    for (Entry e : entries) {
      fields.append(e.before).append('\0').append(e.after).append('\0');
      fields.append(e.path).append('\0');
    }
    notes.write(LIST, fields.toString());
    notes.remove(UNDER_WAY);
  }

  /**
   * Whether a setup began that did not end: it failed, or the engine was killed meanwhile.
   *
   * @param notes the place of the folder's notes
   */
  public static boolean underWay(Path notes) {
    return Files.exists(notes.resolve(UNDER_WAY));
  }

  /** What it did; nothing where there was none. */
  public static List<Entry> of(Path notes) {
    String text = GitDirectory.text(notes.resolve(LIST), Integer.MAX_VALUE);
    var entries = new ArrayList<Entry>();
    String[] fields = text == null ? new String[0] : text.split("\0", -1);
    for (int i = 0; i + FIELDS < fields.length; i += FIELDS) {
      entries.add(new Entry(fields[i + 2], fields[i], fields[i + 1]));
    }
    return entries;
  }

  /** Where the files themselves are held as git has them. */
  public static Path objects(Path notes) {
    return notes.resolve(OBJECTS);
  }

  /** Those of a listing as {@code git diff-tree -r --raw -z} makes it. */
  public static List<Entry> between(byte[] raw) {
    var fields = ByteNames.split(raw);
    var entries = new ArrayList<Entry>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String[] f = fields.get(i).substring(1).split(" "); // :<mode> <mode> <id> <id> <status>
      entries.add(new Entry(fields.get(i + 1), entry(f[0], f[2]), entry(f[1], f[3])));
    }
    return entries;
  }

  private static String entry(String mode, String id) {
    return mode.equals(NO_MODE) ? "" : mode + " " + id;
  }

  /** The entries of an index by their paths, of what {@code git ls-files --stage -z} lists. */
  public static Map<String, String> staged(byte[] listing) {
    var entries = new HashMap<String, String>();
    for (String line : ByteNames.split(listing)) { // <mode> <id> <n>\t<path>
      int tab = line.indexOf('\t');
      entries.put(line.substring(tab + 1), line.substring(0, line.lastIndexOf(' ', tab)));
    }
    return entries;
  }
}
