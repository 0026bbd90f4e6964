/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this a guest, and whose?  x86 guests see a CPUID bit, which /proc/cpuinfo
 * shows as the flag "hypervisor"; arm64 has no such bit, so there only firmware
 * tables can tell, and their silence proves nothing.
 */
#include <errno.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "host.h"

struct name_of {
	const char *text;
	const char *name;
};

#if defined(__x86_64__)
/* Leaf 0x40000000 is where hypervisors sign; it is only defined where the CPUID bit is set. */
static bool cpuid_name(char *name, size_t size)
{
	static const struct name_of signatures[] = {
		{ "KVMKVMKVM", "kvm" },		  { "Microsoft Hv", "hyper-v" },
		{ "VMwareVMware", "vmware" },	  { "XenVMMXenVMM", "xen" },
		{ "TCGTCGTCGTCG", "qemu-tcg" },	  { "bhyve bhyve ", "bhyve" },
		{ "VBoxVBoxVBox", "virtualbox" }, { "ACRNACRNACRN", "acrn" },
	};
	unsigned int eax, ebx, ecx, edx;
	char signature[13];

	__cpuid(1, eax, ebx, ecx, edx);
	if (!(ecx & (1u << 31)))
		return false;
	__cpuid(0x40000000, eax, ebx, ecx, edx);
	memcpy(signature, &ebx, 4);
	memcpy(signature + 4, &ecx, 4);
	memcpy(signature + 8, &edx, 4);
	signature[12] = '\0';
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		if (strcmp(signature, signatures[i].text) == 0) {
			snprintf(name, size, "%s", signatures[i].name);
			return true;
		}
	}
	return false;
}
#else
static bool cpuid_name(char *name, size_t size)
{
	(void)name;
	(void)size;
	return false;
}
#endif

/* Firmware strings that no bare machine bears. */
static bool dmi_name(const struct pcow_root *root, char *name, size_t size)
{
	static const struct {
		const char *file;
		struct name_of is;
	} marks[] = {
		{ "sys_vendor", { "QEMU", "qemu" } },
		{ "sys_vendor", { "VMware, Inc.", "vmware" } },
		{ "sys_vendor", { "innotek GmbH", "virtualbox" } },
		{ "sys_vendor", { "Xen", "xen" } },
		{ "product_name", { "KVM", "kvm" } },
		{ "product_name", { "KVM Virtual Machine", "kvm" } },
		{ "product_name", { "Virtual Machine", "hyper-v" } },
		{ "product_name", { "BHYVE", "bhyve" } },
		{ "product_name", { "OpenStack Nova", "openstack" } },
	};
	char path[64], text[128];

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		snprintf(path, sizeof(path), "sys/class/dmi/id/%s", marks[i].file);
		if (pcow_root_read(root, path, text, sizeof(text)) < 0)
			continue;
		if (strcmp(text, marks[i].is.text) == 0) {
			snprintf(name, size, "%s", marks[i].is.name);
			return true;
		}
	}
	return false;
}

/* A device tree names it as in "linux,kvm" or "xen,xen-4.17". */
static bool devicetree_name(const struct pcow_root *root, char *name, size_t size)
{
	char text[128];
	const char *comma;

	if (pcow_root_read(root, "proc/device-tree/hypervisor/compatible", text, sizeof(text)) <= 0)
		return false;
	comma = strchr(text, ',');
	snprintf(name, size, "%s", comma ? comma + 1 : text);
	return true;
}

int pcow_host_hypervisor(const struct pcow_root *root, char *name, size_t size)
{
	char flags[4096];

	if (pcow_root_read(root, "sys/hypervisor/type", name, size) > 0)
		return 0;
	if (pcow_host_cpuinfo(root, "flags", flags, sizeof(flags)) == 0) {
		if (!pcow_text_has_word(flags, "hypervisor", ' ')) {
			snprintf(name, size, "none");
			return 0;
		}
		if (root->live && cpuid_name(name, size))
			return 0;
		if (!dmi_name(root, name, size))
			snprintf(name, size, "unnamed");
		return 0;
	}
	if (dmi_name(root, name, size) || devicetree_name(root, name, size))
		return 0;
	return -ENODATA;
}
