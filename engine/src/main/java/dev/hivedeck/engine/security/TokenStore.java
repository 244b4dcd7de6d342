package dev.hivedeck.engine.security;

import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens that open a part of the engine, by name, in a file of the workspace's data folder. Only
 * the SHA-256 of each is kept: a token has 192 random bits, so nobody finds it by trying, and it
 * cannot be shown again.
 */
public final class TokenStore {
  /** What each begins with, so that it is known wherever it turns up. */
  public static final String PREFIX = "hdt_";

  private static final Logger LOG = LoggerFactory.getLogger(TokenStore.class);

  private static final String FILE = "tokens.json";
  private static final int MOST = 100;

  private final Path file;

  /**
   * A token without what it is.
   *
   * @param hash SHA-256 of it, in hex
   */
  private record Kept(String name, TokenScope scope, Instant created, String hash) {}

  private record All(List<Kept> tokens) {}

  /** A token as it is listed. */
  public record Entry(String name, TokenScope scope, Instant created) {}

  /**
   * @param folder of the workspace's data
   */
  public TokenStore(Path folder) {
    this.file = folder.resolve(FILE);
  }

  /** In the order in which they were made. */
  public List<Entry> list() {
    return read().stream().map(TokenStore::entry).toList();
  }

  /**
   * Makes a token.
   *
   * @return the token, which is kept nowhere
   * @throws HiveException {@code token-exists}, {@code tokens-unwritable}
   */
  public synchronized String add(String name, TokenScope scope, Instant now) {
    var all = new ArrayList<>(read());
    if (all.stream().anyMatch(kept -> kept.name().equals(name))) {
      throw new HiveException(
          ErrorCode.TOKEN_EXISTS,
          "There is a token " + name + " already, and it cannot be shown again.",
          "Take another name, or hivedeck token revoke " + name + " first.");
    }
    if (all.size() >= MOST) {
      throw new HiveException(
          ErrorCode.TOO_MANY,
          "There are " + MOST + " tokens.",
          "hivedeck token revoke takes back one that nobody uses.");
    }
    String token = PREFIX + Token.random();
    all.add(new Kept(name, scope, now, hash(token)));
    write(all);
    return token;
  }

  /**
   * Takes a token back; it opens nothing from then on.
   *
   * @return whether there was one
   * @throws HiveException {@code tokens-unwritable}
   */
  public synchronized boolean revoke(String name) {
    var all = new ArrayList<>(read());
    boolean known = all.removeIf(kept -> kept.name().equals(name));
    if (known) {
      write(all);
    }
    return known;
  }

  /** The one that is presented; empty when it is none, or was taken back. */
  public Optional<Entry> find(String presented) {
    if (presented == null || !presented.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String hash = hash(presented);
    try {
      return read().stream()
          .filter(kept -> Token.same(kept.hash(), hash))
          .map(TokenStore::entry)
          .findFirst();
    } catch (HiveException e) {
      LOG.warn("no token is taken: {} {}", e.getMessage(), e.hint());
      return Optional.empty();
    }
  }

  private static Entry entry(Kept kept) {
    return new Entry(kept.name(), kept.scope(), kept.created());
  }

  /** Read each time, for the command line makes and revokes them while an engine runs. */
  private List<Kept> read() {
    try {
      return Files.exists(file) ? Json.read(Files.readString(file), All.class).tokens() : List.of();
    } catch (IOException | HiveException e) {
      throw new HiveException(
          ErrorCode.TOKENS_UNREADABLE,
          "The tokens in " + file + " cannot be read: " + e.getMessage(),
          "Move the file away, and make them again with hivedeck token add NAME.",
          e);
    }
  }

  private void write(List<Kept> all) {
    try {
      OwnerFiles.folder(file.getParent());
      OwnerFiles.write(file, Json.write(new All(all)));
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.TOKENS_UNWRITABLE,
          "Tokens cannot be kept in " + file + ": " + e.getMessage(),
          "Check that the folder is yours and has space.",
          e);
    }
  }

  private static String hash(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
