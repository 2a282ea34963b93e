using System.Runtime.Versioning;

// the kernel's files and signals are used throughout, and libtorch is built for linux-x64
[assembly: SupportedOSPlatform("linux")]
