package dev.hivedeck.engine.git.repository;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What in the user's git folder decides what git does, and what Hivedeck relies on there: its
 * configuration, hooks, attributes and borrowed objects, kept work, and objects that are replaced.
 */
public final class GitFolder {
  private static final List<String> FILES =
      List.of(
          "config", "config.worktree", "info/attributes", "info/grafts", "objects/info/alternates");

  private static final List<String> REFS = List.of(HiddenRefs.KEPT, "refs/replace/");

  /** Larger files can be told apart, not put back. */
  private static final int LARGEST = 64 * 1024;

  private static final String FILE = "file:";
  private static final String RUNNABLE = "run:";

  /** Such a section and nothing else: git takes several in one line. */
  private static final Pattern BRANCH = Pattern.compile("\\[branch \"(?:[^\"\\\\]|\\\\.)*+\"]");

  private static final String DIGEST = "sha256:";
  private static final String REF = "ref:";

  private final Repository repository;
  private final Git git;

  public GitFolder(Repository repository) {
    this.repository = repository;
    this.git = repository.git();
  }

  /** By the name of a file or ref, what it is now; what there is not, is not named. */
  public Map<String, String> look() {
    var now = new TreeMap<String, String>();
    for (String name : FILES) {
      read(name, now);
    }
    Path hooks = repository.common().resolve("hooks");
    if (Files.isDirectory(hooks)) {
      try (Stream<Path> all = Files.list(hooks)) {
        all.map(hook -> "hooks/" + hook.getFileName())
            .filter(name -> !name.endsWith(".sample"))
            .forEach(name -> read(name, now));
      } catch (IOException e) {
        throw unreadable("hooks", e);
      }
    }
    repository
        .refs()
        .matching(REFS.toArray(String[]::new))
        .forEach((ref, id) -> now.put(ref, REF + id));
    return now;
  }

  private void read(String name, Map<String, String> into) {
    Path file = repository.common().resolve(name);
    try {
      if (Files.isSymbolicLink(file)) {
        byte[] target = Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8);
        into.put(name, digest(new ByteArrayInputStream(target)));
      } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        String how = Files.isExecutable(file) ? RUNNABLE : FILE;
        into.put(
            name,
            Files.size(file) > LARGEST
                ? digest(Files.newInputStream(file))
                : how + Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
      }
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static String digest(InputStream from) throws IOException {
    try (var in = new DigestInputStream(from, MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return DIGEST + HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private HiveException unreadable(String name, IOException e) {
    return new HiveException(
        ErrorCode.REPOSITORY_UNWRITABLE,
        repository.common().resolve(name) + " cannot be read or written: " + e.getMessage(),
        "Check the rights of that folder.",
        e);
  }

  /**
   * The names of what is otherwise than it was. What git writes itself in a day's work is none of
   * it: which upstream a branch has, work that is kept besides.
   */
  public static List<String> differences(Map<String, String> was, Map<String, String> is) {
    var names = new ArrayList<String>();
    Stream.concat(was.keySet().stream(), is.keySet().stream())
        .distinct()
        .sorted()
        .filter(name -> !same(name, was.get(name), is.get(name)))
        .forEach(names::add);
    return names;
  }

  private static boolean same(String name, String was, String is) {
    if (was == null) {
      return name.startsWith(HiddenRefs.KEPT);
    }
    return name.equals("config") && is != null ? meaning(was).equals(meaning(is)) : was.equals(is);
  }

  /** A configuration without what says which upstream branches have. */
  private static String meaning(String config) {
    if (!config.startsWith(FILE)) {
      return config;
    }
    String text =
        new String(
            Base64.getDecoder().decode(config.substring(FILE.length())),
            StandardCharsets.ISO_8859_1);
    var lines = new ArrayList<String>();
    boolean branch = false;
    for (String line : text.lines().map(String::strip).toList()) {
      boolean section = line.startsWith("[");
      branch = section ? BRANCH.matcher(line).matches() : branch;
      if (!branch && !line.isEmpty()) {
        lines.add(line);
      }
    }
    return String.join("\n", lines);
  }

  /** Whether it decides what programs git runs. */
  public static boolean decides(String name) {
    return !name.startsWith("refs/");
  }

  /**
   * Puts something back to what it was.
   *
   * @param was null where there was nothing
   * @param aside a folder for what is there instead now
   * @throws HiveException {@code too-large} when only its digest is known
   */
  public void putBack(String name, String was, Path aside) {
    if (name.startsWith("refs/")) {
      git.must(
          was == null
              ? new String[] {"update-ref", "-d", name}
              : new String[] {"update-ref", name, was.substring(REF.length())});
      return;
    }
    if (was != null && was.startsWith(DIGEST)) {
      throw new HiveException(
          ErrorCode.TOO_LARGE,
          name + " of the git folder was a link or too large for its content to be known.",
          "Look at it, put it right by hand, then keep it as it is.");
    }
    Path file = repository.common().resolve(name);
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(aside);
        Files.move(
            file, aside.resolve(name.replace('/', '-')), StandardCopyOption.REPLACE_EXISTING);
      }
      if (was != null) {
        boolean runnable = was.startsWith(RUNNABLE);
        Files.createDirectories(file.getParent());
        Files.write(
            file, Base64.getDecoder().decode(was.substring((runnable ? RUNNABLE : FILE).length())));
        file.toFile().setExecutable(runnable);
      }
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }
}
