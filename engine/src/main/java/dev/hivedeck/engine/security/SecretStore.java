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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secrets of a workspace by name: in the system's store of secrets where there is one, else in an
 * encrypted file of its data folder (AES-256, GCM) whose key is in a file beside it. The file keeps
 * them out of what is copied, searched or shown by mistake; whoever can read all of the owner's
 * files can read them too. It names all, also those that the system keeps.
 */
public final class SecretStore {
  /** Where secrets are that the system does not keep. */
  public static final String ENCRYPTED = "encrypted file";

  private static final String FILE = "secrets.json";
  private static final String KEY = "secrets.key";

  /** In the file instead of a value, before the name of the store that has it. */
  private static final String ELSEWHERE = "@";

  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int LONGEST = 16_384;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path folder;
  private final CredentialStore system;

  /**
   * One that keeps all in the encrypted file.
   *
   * @param folder of the workspace's data
   */
  public SecretStore(Path folder) {
    this(folder, Optional.empty());
  }

  /**
   * @param folder of the workspace's data
   * @param system the system's store of secrets, where there is one
   */
  public SecretStore(Path folder, Optional<CredentialStore> system) {
    this.folder = folder;
    this.system = system.orElse(null);
  }

  public synchronized List<String> names() {
    return List.copyOf(all().keySet());
  }

  /** Where each lies, by name. */
  public synchronized SortedMap<String, String> places() {
    var places = new TreeMap<String, String>();
    all().forEach((name, kept) -> places.put(name, place(kept)));
    return places;
  }

  /** Where what is kept from now on will lie. */
  public String place() {
    return system == null ? ENCRYPTED : system.name();
  }

  private static String place(String kept) {
    return kept.startsWith(ELSEWHERE) ? kept.substring(ELSEWHERE.length()) : ENCRYPTED;
  }

  /**
   * @throws HiveException {@code secrets-unreadable}
   */
  public synchronized Optional<String> get(String name) {
    String kept = all().get(name);
    if (kept == null) {
      return Optional.empty();
    }
    if (kept.startsWith(ELSEWHERE)) {
      return Optional.of(
          system(name, kept, ErrorCode.SECRETS_UNREADABLE)
              .get(account(name))
              .orElseThrow(
                  () ->
                      new HiveException(
                          ErrorCode.SECRETS_UNREADABLE,
                          "The secret " + name + " is no more in the " + place(kept) + ".",
                          "Keep it again with hivedeck secret set " + name + ".")));
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(kept);
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

  /** The store that has a secret, which may not be there any more. */
  private CredentialStore system(String name, String kept, ErrorCode code) {
    if (system == null || !system.name().equals(place(kept))) {
      throw new HiveException(
          code,
          "The secret " + name + " is in the " + place(kept) + ", which cannot be reached here.",
          "Start Hivedeck in your desktop session without "
              + CredentialStore.CHOICE
              + "=file, or keep it again with hivedeck secret set "
              + name
              + ".");
    }
    return system;
  }

  /** One that belongs to this workspace alone. */
  private String account(String name) {
    return folder.getFileName() + "/" + name;
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
    var all = all();
    if (system != null) {
      system.set(account(name), value);
      all.put(name, ELSEWHERE + system.name());
    } else {
      all.put(name, sealed(name, value));
    }
    write(all);
  }

  private String sealed(String name, String value) {
    try {
      OwnerFiles.folder(folder);
      byte[] nonce = new byte[NONCE_BYTES];
      RANDOM.nextBytes(nonce);
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, name).doFinal(value.getBytes(StandardCharsets.UTF_8));
      byte[] both = Arrays.copyOf(nonce, nonce.length + sealed.length);
      System.arraycopy(sealed, 0, both, nonce.length, sealed.length);
      return Base64.getEncoder().encodeToString(both);
    } catch (GeneralSecurityException | IOException e) {
      throw unwritable(e);
    }
  }

  private void write(SortedMap<String, String> all) {
    try {
      OwnerFiles.folder(folder);
      OwnerFiles.write(folder.resolve(FILE), Json.write(all));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Whether there was one.
   *
   * @throws HiveException {@code secrets-unwritable}
   */
  public synchronized boolean remove(String name) {
    var all = all();
    String kept = all.remove(name);
    if (kept == null) {
      return false;
    }
    if (kept.startsWith(ELSEWHERE)) {
      system(name, kept, ErrorCode.SECRETS_UNWRITABLE).remove(account(name));
    }
    write(all);
    return true;
  }

  /**
   * Brings all secrets to the system's store, or to the encrypted file, one by one: each is in one
   * of both whatever happens.
   *
   * @param toSystem else to the file
   * @return the names of those that were elsewhere
   * @throws HiveException {@code secrets-unreadable}, {@code secrets-unwritable}; those before have
   *     been moved
   */
  public synchronized List<String> move(boolean toSystem) {
    if (toSystem && system == null) {
      throw new HiveException(
          ErrorCode.SECRETS_UNWRITABLE,
          "There is no store of secrets of the system here.",
          "On Linux it takes secret-tool (libsecret-tools) and a desktop session; macOS has one;"
              + " Windows is not supported. "
              + CredentialStore.CHOICE
              + " must not be file.");
    }
    var all = all();
    var moved = new ArrayList<String>();
    for (var e : List.copyOf(all.entrySet())) {
      String name = e.getKey();
      if (e.getValue().startsWith(ELSEWHERE) == toSystem) {
        continue;
      }
      String value = get(name).orElseThrow();
      if (toSystem) {
        system.set(account(name), value);
        all.put(name, ELSEWHERE + system.name());
        write(all);
      } else {
        all.put(name, sealed(name, value));
        write(all);
        system.remove(account(name));
      }
      moved.add(name);
    }
    return List.copyOf(moved);
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
