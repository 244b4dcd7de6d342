/**
 * Files and folders for their owner's eyes alone, and folders that others wrote to. It decides
 * nothing about what is in them.
 */
package dev.hivedeck.engine.file;
