/**
 * Runs git and reads its plain files, always in the same environment. It knows nothing of attempts
 * or tasks.
 */
package dev.hivedeck.engine.git;
