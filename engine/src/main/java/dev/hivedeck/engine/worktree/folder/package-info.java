/**
 * One attempt's folder as plain files and foreign objects: read into a tree, measured, set aside in
 * quarantine. No git runs inside such a folder.
 */
package dev.hivedeck.engine.worktree.folder;
