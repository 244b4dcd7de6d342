package dev.hivedeck.engine.security;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secrets of a workspace by name, in an encrypted file of its data folder (AES-256, GCM) whose key
 * is in a file beside it. That keeps them out of what is copied, searched or shown by mistake;
 * whoever can read all of the owner's files can read them too.
 */
public final class SecretStore {
  private static final String FILE = "secrets.json";
  private static final String KEY = "secrets.key";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int LONGEST = 16_384;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path folder;

  /**
   * @param folder of the workspace's data
   */
  public SecretStore(Path folder) {
    this.folder = folder;
  }

  public synchronized List<String> names() {
    return List.copyOf(all().keySet());
  }

  /**
   * @throws HiveException {@code secrets-unreadable}
   */
  public synchronized Optional<String> get(String name) {
    var sealed = all().get(name);
    if (sealed == null) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(sealed);
      var cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(bytes, NONCE_BYTES), name);
      return Optional.of(
          new String(
              cipher.doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES),
              StandardCharsets.UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException | IOException e) {
      throw new HiveException(
          ErrorCode.SECRETS_UNREADABLE,
          "The secret " + name + " cannot be read: its file or its key was changed.",
          "Keep it again with hivedeck secret set " + name + ".",
          e);
    }
  }

  /**
   * @throws HiveException {@code secret-unfit}, {@code secrets-unwritable}
   */
  public synchronized void set(String name, String value) {
    if (value.isEmpty() || value.length() > LONGEST || value.indexOf('\0') >= 0) {
      throw new HiveException(
          ErrorCode.SECRET_UNFIT,
          value.isEmpty() ? "There is no value." : "This value is too long, or has a NUL in it.",
          "Type it, or send it on standard input, at most " + LONGEST + " characters.");
    }
    try {
      OwnerFiles.folder(folder);
      byte[] nonce = new byte[NONCE_BYTES];
      RANDOM.nextBytes(nonce);
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, name).doFinal(value.getBytes(StandardCharsets.UTF_8));
      byte[] both = Arrays.copyOf(nonce, nonce.length + sealed.length);
      System.arraycopy(sealed, 0, both, nonce.length, sealed.length);
      var all = all();
      all.put(name, Base64.getEncoder().encodeToString(both));
      OwnerFiles.write(folder.resolve(FILE), Json.write(all));
    } catch (GeneralSecurityException | IOException e) {
      throw unwritable(e);
    }
  }

  /** Whether there was one. */
  public synchronized boolean remove(String name) {
    var all = all();
    boolean there = all.remove(name) != null;
    if (there) {
      try {
        OwnerFiles.write(folder.resolve(FILE), Json.write(all));
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
    return there;
  }

  private HiveException unwritable(Exception e) {
    return new HiveException(
        ErrorCode.SECRETS_UNWRITABLE,
        "Secrets cannot be kept in " + folder + ": " + e.getMessage(),
        "Check that the folder is yours and has space.",
        e);
  }

  /** The name is bound to the value: two of them cannot be exchanged. */
  private Cipher cipher(int mode, byte[] nonce, String name)
      throws GeneralSecurityException, IOException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key(), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private byte[] key() throws IOException {
    Path file = folder.resolve(KEY);
    if (!Files.exists(file)) {
      byte[] fresh = new byte[KEY_BYTES];
      RANDOM.nextBytes(fresh);
      OwnerFiles.write(file, Base64.getEncoder().encodeToString(fresh));
    }
    return Base64.getDecoder().decode(Files.readString(file).strip());
  }

  private TreeMap<String, String> all() {
    var all = new TreeMap<String, String>();
    Path file = folder.resolve(FILE);
    try {
      if (Files.exists(file)) {
        Json.read(Files.readString(file), JsonNode.class)
            .properties()
            .forEach(e -> all.put(e.getKey(), e.getValue().asText()));
      }
    } catch (IOException | HiveException e) {
      throw new HiveException(
          ErrorCode.SECRETS_UNREADABLE,
          "The secrets in " + file + " cannot be read: " + e.getMessage(),
          "Move the file away, and keep them again with hivedeck secret set NAME.",
          e);
    }
    return all;
  }
}
