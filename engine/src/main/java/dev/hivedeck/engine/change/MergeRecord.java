package dev.hivedeck.engine.change;

import dev.hivedeck.engine.mainline.MergeProof;

/**
 * A merge that was made, and the proof of it.
 *
 * @param base main as it was before
 */
record MergeRecord(String base, String commit, MergeProof proof) {}
